using Espalier.Formats;
using Espalier.Formats.Loading;
using Espalier.Graphs;

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

        Assert.Contains("--model says which network", error, StringComparison.Ordinal);
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

    private static void Convert(params string[] args)
    {
        CliRun run = CliRun.Of(["convert", .. args]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
    }
}
