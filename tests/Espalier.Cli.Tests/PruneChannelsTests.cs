using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier.Cli.Tests;

public class PruneChannelsTests
{
    [Fact]
    public void Half_of_the_work_is_left_and_the_file_runs()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string narrow = folder.File("narrow.espalier");
        string data = TinyData.WriteCifar(folder, 20);

        JsonElement report = CliRun.Of("prune", model, "--channels", "--target-macs", "50%", "--round-to", "4", "--data", data, "-o", narrow, "--json").Json();

        JsonElement[] steps = [.. report.GetProperty("steps").EnumerateArray()];
        Assert.Equal(["before", "pruned"], steps.Select(step => step.GetProperty("step").GetString()));
        double left = (double)steps[1].GetProperty("macs").GetInt64() / steps[0].GetProperty("macs").GetInt64();
        Assert.InRange(left, 0.25, 0.5);
        Assert.All(steps, step => Assert.InRange(step.GetProperty("accuracy").GetDouble(), 0, 1));
        Assert.Equal(new FileInfo(narrow).Length, steps[1].GetProperty("bytes").GetInt64());
        Assert.All(report.GetProperty("groups").EnumerateArray(), group => Assert.Equal(0, group.GetProperty("after").GetInt32() % 4));
        Assert.Equal(20, CliRun.Of("evaluate", narrow, "--data", data, "--json").Json().GetProperty("count").GetInt32());
        ModelFigures figures = ModelFile.Read(narrow).LastFigures()!.Value;
        Assert.Equal(steps[1].GetProperty("accuracy").GetDouble(), figures.Accuracy);
        Assert.Equal(steps[0].GetProperty("accuracy").GetDouble(), ModelFigures.Of(ModelFile.Read(narrow).Metadata.Lineage[0])!.Value.Accuracy);
        Assert.Equal(["load", "prune"], ModelFile.Read(narrow).Metadata.Lineage.Select(entry => entry.Action));
    }

    [Theory]
    [InlineData("--target-params", "100k", "parameters", 100_000)]
    [InlineData("--target-bytes", "600KiB", "bytes", 600 * 1024)]
    [InlineData("--target-macs", "20M", "macs", 20_000_000)]
    public void Absolute_targets_are_met(string option, string target, string figure, long most)
    {
        using var folder = new TemporaryFolder();
        string narrow = folder.File("narrow.espalier");
        JsonElement report = CliRun.Of("prune", TinyData.Network, "--channels", option, target, "--ranking", "global", "-o", narrow, "--json").Json();
        Assert.InRange(report.GetProperty("steps")[1].GetProperty(figure).GetInt64(), most / 2, most);
        Assert.True(figure != "bytes" || new FileInfo(narrow).Length <= most);
    }

    [Theory]
    [InlineData("l2")]
    [InlineData("fpgm")]
    [InlineData("bn")]
    [InlineData("random")]
    [InlineData("taylor")]
    public void Every_importance_has_a_name(string importance)
    {
        using var folder = new TemporaryFolder();
        string narrow = folder.File("narrow.espalier");
        CliRun run = CliRun.Of("prune", TinyData.Network, "--channels", "--amount", "0.25", "--importance", importance, "--data", TinyData.WriteCifar(folder, 20), "--samples", "8", "--batch", "8", "-o", narrow);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        string method = importance == "bn" ? "norm-scale" : importance;
        Assert.Contains(new LineageSetting("method", method), ModelFile.Read(narrow).Metadata.Lineage[^1].Settings);
        Assert.Contains("the speed was not measured", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_are_shown_without_any_weights_and_nothing_is_written()
    {
        CliRun run = CliRun.Of("prune", "resnet18", "--show-groups");
        Assert.Equal(0, run.Code);
        Assert.Contains("layer1.0.conv1: 64 wide; made by layer1.0.conv1; read by layer1.0.conv2", run.Out, StringComparison.Ordinal);
        Assert.Contains("fc: fixed; ", run.Out, StringComparison.Ordinal);

        JsonElement json = CliRun.Of("prune", "resnet18", "--show-groups", "--json").Json();
        JsonElement group = json.GetProperty("groups").EnumerateArray().Single(each => each.GetProperty("name").GetString() == "layer1.0.conv1");
        Assert.Equal(64, group.GetProperty("width").GetInt32());
        Assert.Contains("layer1.0.bn1.weight", group.GetProperty("parameters").EnumerateArray().Select(name => name.GetString()));
        Assert.True(json.GetProperty("fixed").TryGetProperty("fc", out _));
    }

    [Fact]
    public void A_latency_that_is_met_already_costs_nothing_and_one_out_of_reach_says_what_is_in_reach()
    {
        CliRun met = CliRun.Of("prune", TinyData.Network, "--channels", "--target-latency", "60s", "--dry-run");
        Assert.True(met.Code == ExitCode.Success, met.Error);
        Assert.Contains("0 channels removed", met.Out, StringComparison.Ordinal);

        string error = CliRun.Of("prune", TinyData.Network, "--channels", "--target-latency", "1us", "--min-width", "16", "--dry-run").UserError();
        Assert.Contains("--target-latency 1us: the measured target cannot be", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Structured_masks_become_narrow_layers()
    {
        using var folder = new TemporaryFolder();
        string masked = folder.File("masked.espalier");
        string narrow = folder.File("narrow.espalier");
        Assert.Equal(0, CliRun.Of("prune", TinyData.Network, "--method", "l1", "--pattern", "dim0", "--amount", "0.5", "--scope", "layer2.1.conv1", "-o", masked).Code);
        JsonElement report = CliRun.Of("prune", masked, "--channels", "--amount", "0.5", "--scope", "layer2.1.conv1", "-o", narrow, "--json").Json();
        Assert.Equal(16, report.GetProperty("removed").GetInt32());
        Assert.Equal(16, report.GetProperty("carried").GetInt32() + report.GetProperty("refusals").GetArrayLength());
    }
}
