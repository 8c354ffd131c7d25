using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Onnx;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

public partial class InspectVerbTests
{
    [Theory]
    [InlineData("model", "a model file")]
    [InlineData("training_checkpoint", "a checkpoint of a training: a model file with the training's state")]
    [InlineData("torch_zip", "a PyTorch checkpoint (zip archive)")]
    [InlineData("safetensors", "a safetensors file of weights alone")]
    [InlineData("shape_list", "a shape list: the network of a checkpoint that fits none of the zoo")]
    [InlineData("labels", "text of 3 lines: the names of 3 classes, if it is meant to be that")]
    [InlineData("amounts", "shares to remove of 2 layers or groups")]
    [InlineData("image", "a PNG picture of 32x32 pixels")]
    [InlineData("cifar", "CIFAR-10 in binary form: 4 images of 32x32 pixels")]
    [InlineData("idx", "an array in MNIST's idx format of unsigned bytes, 2x3x4: images")]
    [InlineData("idx", "an array in MNIST's idx format of unsigned bytes, 5, packed with gzip: classes")]
    [InlineData("npy", "a NumPy array of type <f4, 2x3")]
    [InlineData("onnx", "an ONNX network, written by Espalier 0.1.0")]
    [InlineData("unknown", "not recognized: it begins with the bytes 00112233445566778899AABBCCDDEEFF")]
    [InlineData("unknown", "an empty file")]
    public void The_content_tells_what_a_file_is(string kind, string description)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("some.file"); // whose name tells nothing
        Write(kind, description, path, folder);

        CliRun run = CliRun.Of("inspect", path);
        JsonElement json = CliRun.Of("inspect", path, "--json").Json();

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.StartsWith($"{path}: {description}, ", run.Out, StringComparison.Ordinal);
        Assert.Equal(kind, json.GetProperty("kind").GetString());
        Assert.Equal(description, json.GetProperty("description").GetString());
        Assert.Equal(new FileInfo(path).Length, json.GetProperty("bytes").GetInt64());
        Assert.All(json.GetProperty("commands").EnumerateArray(), command => Assert.Contains($"  {command.GetString()}\n", run.Out, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("resnet18", 1000)]
    [InlineData("resnet18", 7)]
    [InlineData("cifar_resnet14_b", 10)] // no name in the list of the zoo
    [InlineData("mobilenet_v2", 1000)]
    [InlineData("vgg11", 1000)]
    public void Weights_tell_their_network_and_the_command_that_loads_them_works(string network, int classes)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("weights of a network.pth");
        Model model = Zoo.Create(network, new ZooOptions { Classes = classes }).Initialize(3);
        TorchZipWriter.Write(path, model.ToStateDict());

        JsonElement json = CliRun.Of("inspect", path, "--json").Json();

        JsonElement found = json.GetProperty("network");
        Assert.Equal(network, found.GetProperty("name").GetString());
        Assert.True(found.GetProperty("fits").GetBoolean());
        Assert.Equal(classes, found.GetProperty("outputs").GetInt32());
        Assert.Equal(model.Graph.Parameters.Count, json.GetProperty("tensors").GetArrayLength());
        string command = json.GetProperty("commands").EnumerateArray().Select(each => each.GetString()!).Single(each => each.StartsWith("espalier convert", StringComparison.Ordinal));
        CliRun run = CliRun.Of([.. Words().Matches(command).Skip(1).Select(word => word.Value.Trim('\''))]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Equal(model.Graph, ModelFile.Read(folder.File("weights of a network.espalier")).Graph);
    }

    [Fact]
    public void Networks_with_the_same_parameters_are_all_named()
    {
        JsonElement network = Inspect(Zoo.Create("cifar_resnet20").Initialize(1).ToStateDict()).GetProperty("network");

        Assert.Equal("cifar_resnet20", network.GetProperty("name").GetString());
        Assert.Contains("cifar_plain20", network.GetProperty("alternatives").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void Weights_near_a_network_say_what_does_not_fit()
    {
        StateDict all = Zoo.Create("resnet18").Initialize(1).ToStateDict();
        JsonElement network = Inspect(new StateDict(all.Where(tensor => !tensor.Key.StartsWith("layer4.1", StringComparison.Ordinal)))).GetProperty("network");

        Assert.Equal("resnet18", network.GetProperty("name").GetString());
        Assert.False(network.GetProperty("fits").GetBoolean());
        Assert.Contains("missing (layer4.1.conv1.weight", network.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(network.GetProperty("parameters").GetInt32() - 10, network.GetProperty("fitting").GetInt32());
    }

    [Fact]
    public void Weights_of_no_network_near_any_of_the_zoo_have_none() =>
        Assert.False(Inspect(new StateDict([new("some.weight", Tensor.Zeros([3, 5])), new("some.bias", Tensor.Zeros([3]))])).TryGetProperty("network", out _));

    [Fact]
    public void Zeros_and_masks_are_counted()
    {
        using var folder = new TemporaryFolder();
        string pruned = folder.File("pruned.espalier");
        Assert.Equal(ExitCode.Success, CliRun.Of("prune", TinyData.WriteModel(folder), "--method", "l1", "--amount", "0.5", "--scope", "conv1", "-o", pruned).Code);

        CliRun run = CliRun.Of("inspect", pruned, "--csv", folder.File("tensors.csv"));
        JsonElement json = CliRun.Of("inspect", pruned, "--json").Json();

        Assert.Equal("of 1 parameters", json.GetProperty("facts").GetProperty("pruning masks").GetString());
        JsonElement mask = json.GetProperty("tensors").EnumerateArray().Single(tensor => tensor.GetProperty("name").GetString() == "conv1.weight_mask");
        Assert.Equal(216, mask.GetProperty("zeros").GetInt32());
        Assert.Equal("float32", mask.GetProperty("type").GetString());
        Assert.Equal([16, 3, 3, 3], mask.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()));
        Assert.Contains("convert, prune", json.GetProperty("facts").GetProperty("lineage").GetString()!.Replace("load", "convert", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("conv1.weight_mask", run.Out, StringComparison.Ordinal);
        Assert.Contains("conv1.weight_mask,16 3 3 3,float32,216", File.ReadAllLines(folder.File("tensors.csv")));
    }

    [Fact]
    public void Damaged_files_and_folders_are_one_clear_error()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string cut = folder.File("cut");
        foreach (int part in (int[])[2, 10, 100])
        {
            File.WriteAllBytes(cut, File.ReadAllBytes(model)[..(int)(new FileInfo(model).Length / part)]);
            Assert.Contains("cut", CliRun.Of("inspect", cut).UserError(), StringComparison.Ordinal);
        }

        PngEncoder.Save(TinyData.Picture(1), cut);
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..100]);
        CliRun.Of("inspect", cut).UserError();
        File.WriteAllBytes(cut, [0x93, .. "NUMPY\x01\x00\xFF\xFF{}"u8]);
        CliRun.Of("inspect", cut).UserError();
        Assert.Contains("is a folder", CliRun.Of("inspect", folder.Path).UserError(), StringComparison.Ordinal);
        CliRun.Of("inspect", folder.File("missing")).UserError();
    }

    [Fact]
    public void Hostile_files_are_refused_or_read_as_harmless_data()
    {
        string[] files = [.. Directory.GetFiles(Kit.Path("formats/hostile")), .. Directory.GetFiles(Kit.Path("formats/tensors"))];
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            CliRun run = CliRun.Of("inspect", file);
            if (run.Code != ExitCode.Success)
            {
                run.UserError();
            }
        }
    }

    [Theory]
    [InlineData("weights/resnet20-12fca82f.th", "torch_legacy_stream", "cifar_resnet20")]
    [InlineData("weights/resnet56-optionB-zip.pth", "torch_zip", "cifar_resnet56_b")]
    [InlineData("weights/resnet20-zip.pth", "torch_zip", "cifar_resnet20")]
    public void Published_weights_tell_their_network(string file, string kind, string network)
    {
        JsonElement json = CliRun.Of("inspect", Kit.Path(file), "--json").Json();

        Assert.Equal(kind, json.GetProperty("kind").GetString());
        Assert.Equal(network, json.GetProperty("network").GetProperty("name").GetString());
        Assert.True(json.GetProperty("network").GetProperty("fits").GetBoolean());
        Assert.Equal(file.EndsWith("resnet20-zip.pth", StringComparison.Ordinal), json.GetProperty("commands")[0].GetString()!.Contains("--rename", StringComparison.Ordinal));
    }

    private static JsonElement Inspect(StateDict weights)
    {
        using var folder = new TemporaryFolder();
        TorchZipWriter.Write(folder.File("weights.pth"), weights);
        return CliRun.Of("inspect", folder.File("weights.pth"), "--json").Json();
    }

    private static void Write(string kind, string description, string path, TemporaryFolder folder)
    {
        switch (kind)
        {
            case "model":
                ModelFile.Write(path, TinyData.Model());
                break;
            case "training_checkpoint":
                Assert.Equal(ExitCode.Success, CliRun.Of(TrainVerbTests.Arguments(folder, "--epochs", "1")).Code);
                File.Move(folder.File("run/checkpoint.espalier"), path);
                break;
            case "torch_zip":
                TorchZipWriter.Write(path, TinyData.Model().ToStateDict());
                break;
            case "safetensors":
                SafetensorsWriter.Write(path, TinyData.Model().ToStateDict());
                break;
            case "shape_list":
                ShapeList.Write(path, Zoo.Create(TinyData.Network));
                break;
            case "labels":
                File.WriteAllLines(path, ["red apple", "green pear", "quince"]);
                break;
            case "amounts":
                File.WriteAllLines(path, ["name,amount", "layer1.0.conv1.weight,0.5", "layer1.0.conv2.weight,0.25"]);
                break;
            case "image":
                PngEncoder.Save(TinyData.Picture(1), path);
                break;
            case "cifar":
                File.Move(TinyData.WriteCifar(folder, 4), path);
                break;
            case "idx" when description.Contains("gzip", StringComparison.Ordinal):
                using (var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest))
                {
                    packed.Write([0, 0, 8, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5]);
                }

                break;
            case "idx":
                File.WriteAllBytes(path, [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, .. new byte[24]]);
                break;
            case "npy":
                byte[] header = Encoding.Latin1.GetBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n");
                File.WriteAllBytes(path, [0x93, .. "NUMPY\x01\0"u8, (byte)header.Length, 0, .. header, .. new byte[24]]);
                break;
            case "onnx":
                OnnxWriter.Write(TinyData.Model(), path);
                break;
            default:
                File.WriteAllBytes(path, description == "an empty file" ? [] : [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0x00]);
                break;
        }
    }

    [GeneratedRegex("'[^']*'|[^ ]+")]
    private static partial Regex Words();
}
