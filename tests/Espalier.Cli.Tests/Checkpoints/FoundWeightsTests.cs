using System.Security.Cryptography;
using System.Text.Json;
using Espalier.Execution;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

/// <summary>Other people's weights and arrays on the command line.</summary>
public class FoundWeightsTests
{
    [Fact(DisplayName = "Faults: resnext101_64x4d, shufflenet_v2_x1_5, _x2_0: preprocessing belongs to the weights")]
    public void Published_weights_bring_their_preprocessing()
    {
        string[] newer = [.. PublishedWeights.All.Where(weights => weights.Preprocessing.Resize == 232).Select(weights => weights.Name)];
        Assert.Equal(
            [
                "resnet101_v2", "resnet152_v2", "resnet50_v2", "resnext101_32x8d_v2", "resnext101_64x4d", "resnext50_32x4d_v2",
                "shufflenet_v2_x1_5", "shufflenet_v2_x2_0", "wide_resnet101_2_v2", "wide_resnet50_2_v2",
            ],
            newer.Where(name => name.Contains("res", StringComparison.Ordinal) || name.Contains("shuffle", StringComparison.Ordinal))); // resize_size in the WeightsEnums of torchvision 0.14
        Assert.Equal(68, PublishedWeights.All.Select(weights => weights.Architecture).Distinct().Count()); // all convolutional classifiers
        Assert.Equal((1000, "tench", "toilet tissue"), (PublishedWeights.ImageNetClasses.Count, PublishedWeights.ImageNetClasses[0], PublishedWeights.ImageNetClasses[^1]));
        Assert.All(PublishedWeights.All, weights => Assert.EndsWith($"/{weights.File}.pth", PublishedFiles.AddressOf(weights.Name).AbsolutePath, StringComparison.Ordinal));
        Assert.All(PublishedWeights.All, weights => Assert.Equal(weights.Architecture, Zoo.Find(weights.Architecture).Name));
    }

    [Fact(DisplayName = "Faults: published weights are known by their content, not by the name of the file")]
    public void The_content_of_a_file_decides()
    {
        const string Network = "shufflenet_v2_x1_5";
        using var folder = new TemporaryFolder();
        string pretended = folder.File("shufflenetv2_x1_5-3c479a10.pth");
        string own = folder.File("mine.pth");
        TorchZipWriter.Write(pretended, Zoo.Create(Network).Initialize(1).ToStateDict());
        File.Copy(pretended, own);
        string digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(own)))[..8];
        PublishedWeights[] table = [new(Network, Network, "shufflenetv2_x1_5-00000000", Preprocessing.ImageNet), new(Network, Network, $"shufflenetv2_x1_5-{digest}", Preprocessing.ImageNet with { Resize = 232 })]; // as if these weights were the published ones

        Assert.Equal(232, PublishedWeights.Identify(Network, own, null, table)!.Preprocessing.Resize);
        Assert.Null(PublishedWeights.Identify("cifar_resnet20", folder.File("nowhere.pth"), null)); // nothing is published for it: the file is not read
        CliRun run = CliRun.Of("convert", pretended, folder.File("x.espalier"), "--model", Network);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        ModelMetadata metadata = ModelFile.Read(folder.File("x.espalier")).Metadata;
        Assert.Equal(256, metadata.Preprocessing!.Resize);
        Assert.Empty(metadata.Labels);
        Model described = table[1].Describe(ModelFile.Read(folder.File("x.espalier")));
        Assert.Equal(232, described.Metadata.Preprocessing!.Resize);
        Assert.Equal("tench", described.Metadata.Labels[0]); // ImageNet's class names come with the weights
        Assert.Contains($"has the name of torchvision's weights, but not their content (its SHA-256 begins with {digest})", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("SHA-256", CliRun.Of("convert", own, folder.File("y.espalier"), "--model", Network).Error, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Faults: input channels follow from the weights of a one-channel network")]
    [InlineData("cifar_resnet8", null)]
    [InlineData("mobilenet_v2", 7)]
    public void A_gray_network_loads_without_options(string network, int? classes)
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("gray.pth");
        Model gray = Zoo.Create(network, new ZooOptions { InputChannels = 1, Classes = classes }).Initialize(1);
        TorchZipWriter.Write(weights, gray.ToStateDict());

        CliRun run = CliRun.Of("convert", weights, folder.File("gray.espalier"), "--model", network);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        string first = gray.Graph.Nodes.First(node => node.Op is Conv2d).Name;
        Assert.Contains($"note: the network is built for 1 input channel, as the weights of {first} have", run.Error, StringComparison.Ordinal);
        Model model = ModelFile.Read(folder.File("gray.espalier"));
        Assert.Equal(gray.Graph, model.Graph);
        Assert.Empty(model.Metadata.Labels);
        Assert.Null(model.Metadata.Preprocessing);
        Assert.All(gray.Parameters, parameter => Assert.True(parameter.Value.Value.BitEquals(model.Parameters[parameter.Key].Value), parameter.Key));
    }

    [Theory(DisplayName = "Faults: evaluate, fold and finetune take --block, so that others' ACB, DBB and RepVGG networks load")]
    [InlineData("acb")]
    [InlineData("dbb")]
    [InlineData("repvgg")]
    public void Networks_of_blocks_load_on_the_command_line(string block)
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.pth");
        string data = TinyData.WriteCifar(folder, 10);
        Model model = Zoo.Create(TinyData.Network, new ZooOptions { Blocks = BlockChoice.Parse(block) }).Initialize(1);
        TorchZipWriter.Write(weights, model.ToStateDict());
        string[] source = [TinyData.Network, "--block", block, "--weights", weights];

        Assert.Equal(10, CliRun.Of(["evaluate", .. source, "--data", data, "--json"]).Json().GetProperty("count").GetInt32());
        Assert.Equal(ExitCode.Success, CliRun.Of(["fold", .. source, "-o", folder.File("folded.espalier")]).Code);
        Assert.Equal(ExitCode.Success, CliRun.Of(["finetune", .. source, "--data", data, "--epochs", "1", "-o", folder.File("run")]).Code);
        Assert.Equal(ExitCode.Success, CliRun.Of(["convert", weights, folder.File("x.espalier"), "--model", TinyData.Network, "--block", block]).Code);
        Assert.Contains("missing", CliRun.Of("evaluate", TinyData.Network, "--weights", weights, "--data", data).UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: convert x.pth y.pth --model reads the shape list beside x; --shapes of an unpruned network says nothing wrong")]
    public void Convert_reads_the_list_beside_the_weights()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        Assert.Equal(ExitCode.Success, CliRun.Of("prune", model, "--channels", "--amount", "0.4", "-o", folder.File("narrow.espalier")).Code);
        Assert.Equal(ExitCode.Success, CliRun.Of("convert", folder.File("narrow.espalier"), folder.File("x.pth")).Code);

        CliRun run = CliRun.Of("convert", folder.File("x.pth"), folder.File("y.pth"), "--model", TinyData.Network);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.DoesNotContain("follow from the weights", run.Error, StringComparison.Ordinal); // the list says the widths
        Assert.Equal(File.ReadAllText(folder.File("x.shapes.json")), File.ReadAllText(folder.File("y.shapes.json")));
        CliRun plain = CliRun.Of("convert", model, folder.File("plain.pth"), "--shapes", folder.File("f.json"));
        Assert.Contains($"{folder.File("f.json")}: its shape list", plain.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("fit no network", plain.Out, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: a verb runs a raw tensor (.npy) and writes the outputs")]
    public void A_network_runs_on_an_array()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        Tensor input = RandomInput.Create([3, 3, 32, 32], 5);
        NpyFile.Write(folder.File("x.npy"), input);
        NpyFile.Write(folder.File("one.npy"), Tensor.From<float>([3, 32, 32], input.Read<float>()[..3072]));

        JsonElement report = CliRun.Of("run", model, folder.File("x.npy"), "-o", folder.File("y.npy"), "--batch", "2", "--json").Json();

        Tensor output = NpyFile.Read(folder.File("y.npy"));
        Assert.InRange(Difference.Relative(ReferenceExecutor.Run(TinyData.Model(), input), output), 0, 1e-4);
        Assert.Equal(3, report.GetProperty("greatest").GetArrayLength());
        Assert.Equal(ExitCode.Success, CliRun.Of("run", model, folder.File("one.npy"), "-o", folder.File("z.npy")).Code);
        Assert.True(Tensor.From<float>([1, 10], output.Read<float>()[..10]).BitEquals(NpyFile.Read(folder.File("z.npy"))));
        NpyFile.Write(folder.File("bad.npy"), Tensor.Zeros([1, 1, 32, 32]));
        Assert.Contains("1x1x32x32; the network's input is 3x32x32", CliRun.Of("run", model, folder.File("bad.npy")).UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_weights_of_Inception_bring_their_input_size_and_leave_their_auxiliary_classifier_out()
    {
        using var folder = new TemporaryFolder();
        string published = folder.File("inception_v3_google-0cc3c7bd.pth");
        TorchZipWriter.Write(published, Zoo.Create("inception_v3_aux").Initialize(1).ToStateDict());

        var notes = new List<string>();
        Model model = new ModelSource("inception_v3") { Weights = published, Note = notes.Add }.Load();
        Assert.Equal(["fc"], model.Graph.Outputs);
        Assert.Contains(notes, note => note.Contains("auxiliary classifiers", StringComparison.Ordinal));
        Assert.Equal(Normalization.Centred, model.Metadata.Preprocessing!.Normalization);
        Assert.Equal(2, ModelSource.Load("inception_v3_aux", published).Graph.Outputs.Count);
        Assert.Contains("inception_v3", CliRun.Of("inspect", published).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_size_bring_it()
    {
        using var folder = new TemporaryFolder();
        string published = folder.File("regnet_y_16gf_swag-43afe44d.pth");
        PublishedWeights weights = PublishedWeights.Find(published)!;
        Assert.Equal(("regnet_y_16gf_swag", "regnet_y_16gf", 384, Interpolation.Bicubic), (weights.Name, weights.Architecture, weights.Preprocessing.Resize, weights.Preprocessing.Interpolation));
        Model small = Zoo.Create("regnet_x_400mf").Initialize(1);
        Assert.Equal(Shape.Of(3, 384, 384), weights.Describe(small).Graph.ShapeOf("input"));
    }

    [Fact(DisplayName = "Faults: names of other networks are not similar to repvgg_b3")]
    public void Names_that_are_not_similar_are_not_suggested()
    {
        string error = CliRun.Of("summary", "darknet_v9").UserError();
        Assert.DoesNotContain("repvgg", error, StringComparison.Ordinal);
        Assert.Contains("espalier models", error, StringComparison.Ordinal);
        Assert.Contains("resnet50", CliRun.Of("summary", "ResNet-50x").UserError(), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Faults: inspect names Git-LFS pointers and HTML pages, and reads shards by their index")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "a Git LFS pointer")]
    [InlineData("<!DOCTYPE html>\n<html></html>", "an HTML page")]
    public void Inspect_names_other_files(string content, string what)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("pytorch_model.bin");
        File.WriteAllText(path, content);

        Assert.Contains(what, CliRun.Of("inspect", path).Out, StringComparison.Ordinal);
        Assert.Contains(what, CliRun.Of("summary", TinyData.Network, "--weights", path).UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: shards are read by their index, and inspect says what they are")]
    public void Shards_are_read()
    {
        using var folder = new TemporaryFolder();
        StateDict weights = TinyData.Model().ToStateDict();
        var first = weights.Take(20).ToList();
        SafetensorsWriter.Write(folder.File("model-00001-of-00002.safetensors"), new StateDict(first));
        SafetensorsWriter.Write(folder.File("model-00002-of-00002.safetensors"), new StateDict(weights.Skip(20)));
        string index = folder.File("model.safetensors.index.json");
        File.WriteAllText(index, JsonSerializer.Serialize(new { weight_map = weights.Select((entry, i) => (entry.Key, i)).ToDictionary(pair => pair.Key, pair => $"model-0000{(pair.i < 20 ? 1 : 2)}-of-00002.safetensors") }));

        Assert.Contains("the index of a checkpoint in 2 parts", CliRun.Of("inspect", index).Out, StringComparison.Ordinal);
        CliRun run = CliRun.Of("convert", index, folder.File("x.espalier"), "--model", TinyData.Network);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Equal(TinyData.Model().Graph, ModelFile.Read(folder.File("x.espalier")).Graph);
    }
}
