using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier.Cli.Tests;

public class FoldVerbTests
{
    [Fact]
    public void A_folded_network_predicts_the_same_and_remembers_it()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string cifar = TinyData.WriteCifar(folder, 12);
        string output = folder.File("folded.espalier");

        JsonElement fold = CliRun.Of("fold", model, "-o", output, "--verify", cifar, "--json").Json();

        JsonElement verify = fold.GetProperty("verify");
        Assert.Equal((12, 12), (verify.GetProperty("samples").GetInt32(), verify.GetProperty("same_class").GetInt32()));
        Assert.Equal(verify.GetProperty("top1_before").GetInt32(), verify.GetProperty("top1_after").GetInt32());
        Assert.InRange(verify.GetProperty("relative_difference").GetDouble(), 1e-12, 1e-5);
        Assert.Equal(19, fold.GetProperty("merges").EnumerateArray().Count(merge => merge.GetProperty("transforms")[0].GetString() == "BatchNorm"));
        Model folded = ModelFile.Read(output);
        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is BatchNorm);
        Assert.Equal(["load", "fold"], folded.Metadata.Lineage.Select(step => step.Action));
        LineageEntry entry = folded.Metadata.Lineage[1];
        double accuracy = verify.GetProperty("top1_after").GetInt32() / 12.0;
        Assert.Equal(ModelFigures.Of(folded) with { Bytes = new FileInfo(output).Length, Accuracy = accuracy }, folded.LastFigures());
        Assert.Equal(accuracy, ModelFigures.Of(folded.Metadata.Lineage[0])!.Value.Accuracy);
        Assert.Contains(entry.Results, result => result is { Name: "same_class", Value: 12 });
        Assert.Contains(entry.Results, result => result.Name == "maximum_difference" && result.Value == verify.GetProperty("maximum_difference").GetDouble());
    }

    [Fact]
    public void A_dry_run_lists_merges_and_refusals_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);

        CliRun run = CliRun.Of("fold", model, "--dry-run");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("  conv1, bn1 into conv1 (BatchNorm)\n", run.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("CommonInput", run.Out, StringComparison.Ordinal);
        Assert.Contains("same class on 4 of 4 samples", run.Out, StringComparison.Ordinal);
        Assert.Contains("weight ranges", run.Out, StringComparison.Ordinal);
        Assert.Contains("nothing was written", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Residuals_can_be_removed_too()
    {
        using var folder = new TemporaryFolder();
        string output = folder.File("plain.espalier");

        JsonElement fold = CliRun.Of("fold", TinyData.Network, "-o", output, "--remove-residuals", "--json").Json();

        Assert.InRange(fold.GetProperty("verify").GetProperty("relative_difference").GetDouble(), 0, 1e-5);
        Model plain = ModelFile.Read(output);
        Assert.DoesNotContain(plain.Graph.Nodes, node => node.Op is Add);
        Assert.Contains(plain.Metadata.Lineage[1].Settings, setting => setting is { Name: "remove_residuals", Value: "true" });
    }

    [Fact]
    public void Folders_of_pictures_verify_too()
    {
        using var folder = new TemporaryFolder();
        string pictures = Path.Combine(TinyData.WriteFolders(folder, 2), TinyData.Model().Metadata.Labels[1]);

        JsonElement fold = CliRun.Of("fold", TinyData.Network, "--dry-run", "--verify", pictures, "--json").Json();

        Assert.Equal(1, fold.GetProperty("verify").GetProperty("samples").GetInt32());
    }

    [Fact]
    public void Where_the_result_goes_must_be_said_and_be_a_model_file()
    {
        Assert.Contains("-o OUT.espalier", CliRun.Of("fold", TinyData.Network).UserError(), StringComparison.Ordinal);
        Assert.Contains("only a model file", CliRun.Of("fold", TinyData.Network, "-o", "out.pth").UserError(), StringComparison.Ordinal);
        Assert.Contains("no such file", CliRun.Of("fold", TinyData.Network, "--dry-run", "--verify", "nowhere").UserError(), StringComparison.Ordinal);
    }
}
