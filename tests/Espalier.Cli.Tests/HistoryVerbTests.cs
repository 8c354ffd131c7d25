using System.Text.Json;
using System.Xml.Linq;
using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier.Cli.Tests;

public class HistoryVerbTests
{
    [Fact]
    public void Every_verb_that_changes_a_model_leaves_a_step_with_figures()
    {
        using var folder = new TemporaryFolder();
        string cifar = TinyData.WriteCifar(folder, 40);
        Run("train", TinyData.Network, "--data", cifar, "-o", folder.File("trained"), "--epochs", "1", "--batch", "20", "--block", "acb=layer3", "--stochastic-depth", "0.5", "--threads", "1");
        Run("prune", folder.File("trained/model.espalier"), "--method", "random", "--amount", "0.5", "-o", folder.File("pruned.espalier"), "--measure");
        Run("finetune", folder.File("pruned.espalier"), "--data", cifar, "-o", folder.File("tuned"), "--epochs", "1", "--batch", "20", "--threads", "1", "--measure", "--head", "--stochastic-depth", "0.9");
        Run("prune", folder.File("tuned/model.espalier"), "--remove", "-o", folder.File("removed.espalier"));
        Run("expand", folder.File("removed.espalier"), "--block", "dbb", "--scope", "layer1", "-o", folder.File("expanded.espalier"));
        Run("fold", folder.File("expanded.espalier"), "-o", folder.File("folded.espalier"), "--verify", cifar, "--measure");

        JsonElement[] steps = [.. CliRun.Of("history", folder.File("folded.espalier"), "--json").Json().GetProperty("steps").EnumerateArray()];

        Assert.Equal(["blocks", "wrap", "train", "prune", "replace head", "wrap", "finetune", "prune", "expand", "fold"], steps.Select(step => step.GetProperty("action").GetString()));
        foreach (JsonElement step in steps)
        {
            JsonElement results = step.GetProperty("results");
            Assert.All((string[])["parameters", "non_zeros", "macs", "effective_macs", "bytes"], name => Assert.True(results.GetProperty(name).GetInt64() > 0, $"{step}: {name}"));
            Assert.True(!results.TryGetProperty("ms", out JsonElement ms) || ms.GetDouble() > 0);
        }

        Assert.Equal(new FileInfo(folder.File("folded.espalier")).Length, steps[^1].GetProperty("results").GetProperty("bytes").GetInt64());
        int[] With(string name) => [.. steps.Index().Where(each => each.Item.GetProperty("results").TryGetProperty(name, out _)).Select(each => each.Index)];
        Assert.Equal([2, 6, 8, 9], With("accuracy")); // where there was data, and what a fold found before it
        Assert.Equal([2, 3, 6, 8, 9], With("ms")); // what --measure asked for, and what it is held against
        Assert.Equal("tiny.bin", steps[2].GetProperty("settings").GetProperty("source").GetString());
    }

    [Fact]
    public void The_table_shows_changes_the_csv_reads_back_and_the_svg_has_a_labelled_point_for_each_step()
    {
        using var folder = new TemporaryFolder();
        Model model = TinyData.Model();
        ModelFigures figures = ModelFigures.Of(model);
        Model after = model
            .Record(new LineageEntry("load", [new("from", "a, \"b\".pth")], [])).WithFigures(figures with { Accuracy = 0.9, Milliseconds = 2 })
            .Record(new LineageEntry("old", [], []))
            .Record(new LineageEntry("prune", [new("granularity", "channels"), new("amount", "0.5")], [])).WithFigures(figures with { Parameters = figures.Parameters / 2, Accuracy = 0.85, Milliseconds = 1 });
        ModelFile.Write(folder.File("m.espalier"), after);

        CliRun run = CliRun.Of("history", folder.File("m.espalier"), "--csv", folder.File("h.csv"), "--svg", folder.File("h.svg"));

        Assert.True(run.Code == ExitCode.Success, run.Error);
        string row = Assert.Single(run.Out.Split('\n'), line => line.Contains("3 prune ", StringComparison.Ordinal));
        Assert.All((string[])["channels 0.5", "85.00%", "−5.00", "1.000", "−50%"], text => Assert.Contains(text, row, StringComparison.Ordinal));
        Assert.Contains("ms for one image on one thread", run.Out, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(folder.File("h.csv"));
        Assert.Equal("step,action,settings,parameters,non_zeros,macs,effective_macs,bytes,accuracy,ms,bits", lines[0]);
        Assert.StartsWith("1,load,\"from=a, \"\"b\"\".pth\",269722,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",0.85,1,", lines[3], StringComparison.Ordinal);
        XElement svg = XDocument.Load(folder.File("h.svg")).Root!;
        Assert.Equal(2, svg.Descendants().Count(element => element.Name.LocalName == "circle"));
        Assert.Subset(svg.Descendants().Select(element => element.Value).ToHashSet(), new HashSet<string>(["1 load", "3 prune"]));
    }

    [Fact]
    public void A_model_without_a_past_says_so_and_what_remembers_nothing_is_refused()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        Run("convert", model, folder.File("weights.pth"));

        Assert.Contains("it has no lineage", CliRun.Of("history", model).Out, StringComparison.Ordinal);
        Assert.Contains("two steps with an accuracy", CliRun.Of("history", model, "--svg", folder.File("h.svg")).UserError(), StringComparison.Ordinal);
        Assert.Contains("contains weights only", CliRun.Of("history", folder.File("weights.pth")).UserError(), StringComparison.Ordinal);
    }

    private static void Run(params string[] args)
    {
        CliRun run = CliRun.Of(args);
        Assert.True(run.Code == ExitCode.Success, run.Error);
    }
}
