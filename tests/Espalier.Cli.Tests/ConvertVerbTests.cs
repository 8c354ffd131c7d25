using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

public class ConvertVerbTests
{
    [Fact]
    public void Weights_stay_the_same_bit_for_bit_through_every_form()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string torch = folder.File("a.pth");
        string safe = folder.File("b.safetensors");
        string again = folder.File("c.espalier");

        Convert(model, torch);
        Convert(torch, safe);
        Convert(safe, again, "--model", TinyData.Network);

        StateDict expected = TinyData.Model().ToStateDict();
        foreach (string path in new[] { torch, safe, again })
        {
            StateDict actual = CheckpointReader.Read(path).StateDict;
            Assert.Equal(expected.Count, actual.Count);
            Assert.All(expected.Names, name => Assert.True(expected[name].BitEquals(actual[name]), $"{path}: {name} differs"));
        }

        Model read = ModelFile.Read(again);
        Assert.Equal(TinyData.Model().Graph, read.Graph);
        Assert.Equal("convert", Assert.Single(read.Metadata.Lineage).Action);
    }

    [Fact]
    public void The_class_count_is_that_of_the_checkpoint()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("seven.pth");
        TorchZipWriter.Write(weights, TinyData.Model(7).ToStateDict());

        Convert(weights, folder.File("seven.espalier"), "--model", TinyData.Network);

        Model model = ModelFile.Read(folder.File("seven.espalier"));
        Assert.Equal(7, model.Graph.ShapeOf(model.Graph.Outputs[0])[0]);
        Assert.Empty(model.Metadata.Labels);
    }

    [Fact(DisplayName = "Faults: names that are not the network's, --drop and --allow-missing")]
    public void Names_are_left_out_and_may_be_missing_on_request()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("theirs.pth"), model = folder.File("ours.espalier");
        StateDict ours = TinyData.Model().ToStateDict();
        TorchZipWriter.Write(weights, new StateDict(ours.Where(t => !t.Key.StartsWith("linear.", StringComparison.Ordinal))
            .Append(new("aux.weight", Tensor.Zeros([3]))).Append(new("total_ops", Tensor.Zeros([1])))));

        string error = CliRun.Of("convert", weights, model, "--model", TinyData.Network).UserError();
        Assert.Contains("aux.weight", error, StringComparison.Ordinal);
        Assert.Contains("linear.weight", error, StringComparison.Ordinal);
        CliRun run = CliRun.Of("convert", weights, model, "--model", TinyData.Network, "--drop", @"^aux\.", "--allow-missing", @"^linear\.");

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("left out as requested: aux.weight", run.Error, StringComparison.Ordinal);
        Assert.Contains("total_ops", run.Error, StringComparison.Ordinal);
        Assert.Contains("initialized instead: linear.weight, linear.bias", run.Error, StringComparison.Ordinal);
        Assert.True(ours["conv1.weight"].BitEquals(ModelFile.Read(model).Parameters["conv1.weight"].Value));
        Assert.Contains("--allow-missing requires --model", CliRun.Of("convert", weights, folder.File("a.safetensors"), "--allow-missing", "x").UserError(), StringComparison.Ordinal);
        Convert(weights, folder.File("b.safetensors"), "--drop", @"^aux\.");
        Assert.DoesNotContain("aux.weight", CheckpointReader.Read(folder.File("b.safetensors")).StateDict.Names);
    }

    [Fact(DisplayName = "Faults: weights without the classifier and --head")]
    public void A_new_head_needs_no_weights_of_the_old_one()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("backbone.pth");
        TorchZipWriter.Write(weights, new StateDict(TinyData.Model().ToStateDict().Where(t => !t.Key.StartsWith("linear.", StringComparison.Ordinal))));
        string[] train = ["finetune", TinyData.Network, "--weights", weights, "--data", "shapes", "-o", folder.File("run"), "--epochs", "1", "--batch", "512"];

        Assert.Contains("2 missing", CliRun.Of(train).UserError(), StringComparison.Ordinal);
        CliRun run = CliRun.Of([.. train, "--head"]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
    }

    [Fact]
    public void Names_can_be_changed_by_regular_expressions()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string theirs = folder.File("theirs.pth");
        string ours = folder.File("ours.espalier");

        Convert(model, theirs, "--rename", @"^linear\.=>head.", "--rename", @"\bbn1\b=>norm1");
        Assert.Contains("head.weight", CheckpointReader.Read(theirs).StateDict.Names);
        string error = CliRun.Of("convert", theirs, ours, "--model", TinyData.Network).UserError();
        Convert(theirs, ours, "--model", TinyData.Network, "--rename", @"^head\.=>linear.", "--rename", @"\bnorm1\b=bn1");

        Assert.Contains("missing", error, StringComparison.Ordinal);
        Assert.Equal(TinyData.Model().ToStateDict().Names, CheckpointReader.Read(ours).StateDict.Names);
    }

    [Fact]
    public void A_model_file_needs_a_network()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("a.pth");
        Convert(TinyData.WriteModel(folder), weights);

        string error = CliRun.Of("convert", weights, folder.File("b.espalier")).UserError();

        Assert.Contains("give their network with --model", error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("b.espalier")));
    }

    [Fact]
    public void Labels_travel_in_the_model_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder.File("labels.txt"), Enumerable.Range(0, 10).Select(i => $"kind {i}"));

        Convert(TinyData.WriteModel(folder), folder.File("b.espalier"), "--labels", folder.File("labels.txt"));

        Assert.Equal("kind 9", ModelFile.Read(folder.File("b.espalier")).Metadata.Labels[9]);
    }

    [Fact]
    public void A_compact_model_is_smaller_computes_the_same_and_says_what_is_lost()
    {
        using var folder = new TemporaryFolder();
        Model pruned = TinyData.Model().Prune(new WeightPruning { Target = PruningTarget.Fraction(0.9) }).Model;
        ModelFile.Write(folder.File("a.espalier"), pruned);

        CliRun run = CliRun.Of("convert", folder.File("a.espalier"), folder.File("b.espalier"), "--compact");
        Assert.Contains("can no longer be undone", run.Error, StringComparison.Ordinal);
        Convert(folder.File("b.espalier"), folder.File("c.pth"));

        Assert.True(new FileInfo(folder.File("b.espalier")).Length < 0.2 * new FileInfo(folder.File("a.espalier")).Length);
        Model read = ModelFile.Read(folder.File("b.espalier"));
        Tensor picture = CounterFill.Stream("picture", [1, 3, 32, 32], -1, 2);
        using var expected = new Predictor(pruned);
        using var actual = new Predictor(read); // stages deferred weights
        Assert.True(expected.Run(picture).BitEquals(actual.Run(picture)));
        Assert.All(pruned.ToStateDict(), weight => Assert.True(weight.Value.BitEquals(CheckpointReader.Read(folder.File("c.pth")).StateDict[weight.Key]), weight.Key));
        Assert.Contains("only a model file", CliRun.Of("convert", folder.File("b.espalier"), folder.File("d.pth"), "--compact").UserError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pruned.pth")]
    [InlineData("pruned.safetensors")]
    public void A_narrower_network_comes_back_by_its_shape_list(string file)
    {
        using var folder = new TemporaryFolder();
        Model narrow = TinyData.Model().Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.4) }).Model;
        ModelFile.Write(folder.File("narrow.espalier"), narrow);

        Convert(folder.File("narrow.espalier"), folder.File(file));
        Convert(folder.File(file), folder.File("beside.espalier"));
        Convert(folder.File(file), folder.File("checked.espalier"), "--model", TinyData.Network, "--shapes", folder.File("pruned.shapes.json"));

        foreach (string again in new[] { "beside.espalier", "checked.espalier" })
        {
            Model read = ModelFile.Read(folder.File(again));
            Assert.Equal(narrow.Graph, read.Graph);
            Assert.All(narrow.ToStateDict(), weight => Assert.True(weight.Value.BitEquals(read.ToStateDict()[weight.Key]), weight.Key));
        }

        string error = CliRun.Of("convert", folder.File(file), folder.File("d.espalier"), "--model", "cifar_resnet32").UserError();
        Assert.Contains("is no cifar_resnet32: it has no 'layer1.3.conv1'", error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("d.espalier")));
    }

    [Fact]
    public void Plain_networks_need_no_shape_list()
    {
        using var folder = new TemporaryFolder();
        Convert(TinyData.WriteModel(folder), folder.File("a.pth"));
        Assert.False(File.Exists(folder.File("a.shapes.json")));
        Convert(TinyData.WriteModel(folder), folder.File("a.pth"), "--shapes", folder.File("b.json"));
        Assert.Equal(TinyData.Model().Graph, ShapeList.Read(folder.File("b.json")).Graph);
    }

    private static void Convert(params string[] args)
    {
        CliRun run = CliRun.Of(["convert", .. args]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
    }
}
