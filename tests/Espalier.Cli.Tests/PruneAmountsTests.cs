using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Cli.Tests;

public class PruningTargetsTests
{
    [Fact]
    public void What_a_scan_of_layers_has_found_is_pruned()
    {
        using var folder = new TemporaryFolder();
        (string model, string amounts, string pruned) = (TinyData.WriteModel(folder), folder.File("a.csv"), folder.File("pruned.espalier"));
        CliRun scan = CliRun.Of("sensitivity", model, "--amounts", "0.25,0.5", "--scope", "layer1.0", "linear", "--max-loss", "1", "--amounts-csv", amounts, "--samples", "1", "--threads", "1");
        Assert.True(scan.Code == ExitCode.Success, scan.Error);

        JsonElement report = CliRun.Of("prune", model, "--method", "l1", "--amounts", amounts, "-o", pruned, "--json").Json();

        Assert.Equal(
            [("layer1.0.conv1.weight", 0.5), ("layer1.0.conv2.weight", 0.5), ("linear.weight", 0.5)],
            report.GetProperty("parameters").EnumerateArray().Select(row => (row.GetProperty("name").GetString()!, row.GetProperty("sparsity").GetDouble())));
        Assert.Equal(3, ModelFile.Read(pruned).Parameters.Values.Count(parameter => parameter.Mask is not null));
    }

    [Fact]
    public void What_a_scan_of_groups_has_found_is_cut()
    {
        using var folder = new TemporaryFolder();
        (string model, string amounts) = (TinyData.WriteModel(folder), folder.File("a.csv"));
        CliRun scan = CliRun.Of("sensitivity", model, "--by", "group", "--amounts", "0.25", "--max-loss", "1", "--amounts-csv", amounts, "--samples", "1", "--threads", "1");
        Assert.True(scan.Code == ExitCode.Success, scan.Error);

        JsonElement report = CliRun.Of("prune", model, "--channels", "--amounts", amounts, "--dry-run", "--json").Json();

        Assert.All(report.GetProperty("groups").EnumerateArray(), group => Assert.Equal(group.GetProperty("before").GetInt32() * 3 / 4, group.GetProperty("after").GetInt32()));
        Assert.Contains(": is a layer, expected a parameter such as ", CliRun.Of("prune", model, "--method", "l1", "--amounts", amounts, "--dry-run").UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_together_remove_what_one_would()
    {
        using var folder = new TemporaryFolder();
        string amounts = Write(folder, "name,amount", "layer1.0.conv1.weight,0.9", "layer2.0.conv1.weight,0.5");
        JsonElement report = CliRun.Of("prune", TinyData.Network, "--method", "l1", "--amounts", amounts, "--steps", "2", "--dry-run", "--json").Json();
        Assert.Equal([0.9, 0.5], report.GetProperty("parameters").EnumerateArray().Select(row => Math.Round(row.GetProperty("sparsity").GetDouble(), 3)));
    }

    [Fact]
    public void Branches_go_together_up_to_a_sparsity_and_by_amounts_of_folded_layers()
    {
        using var folder = new TemporaryFolder();
        Model model = Zoo.Create("cifar_resnet8_b", new ZooOptions { Blocks = [new BlockChoice(MultiBranchKind.Asymmetric, "layer*")] }).Initialize(6);
        ModelFile.Write(folder.File("a.espalier"), model);
        string amounts = Write(folder, "name,amount", "layer1.0.conv1.weight,0.5", "layer3.0.conv1.weight,0.9");

        JsonElement once = CliRun.Of("prune", folder.File("a.espalier"), "--method", "l1", "--branches", "--target-sparsity", "0.6", "-o", folder.File("b.espalier"), "--json").Json();
        JsonElement again = CliRun.Of("prune", folder.File("b.espalier"), "--method", "l1", "--branches", "--target-sparsity", "0.9", "--steps", "2", "--dry-run", "--json").Json();
        JsonElement named = CliRun.Of("prune", folder.File("a.espalier"), "--method", "l1", "--branches", "--amounts", amounts, "--dry-run", "--json").Json();

        Assert.All(once.GetProperty("parameters").EnumerateArray(), row => Assert.Equal(0.6, row.GetProperty("sparsity").GetDouble(), 0.001));
        Assert.All(again.GetProperty("parameters").EnumerateArray(), row => Assert.Equal(0.9, row.GetProperty("sparsity").GetDouble(), 0.001));
        Assert.Equal([0.5, 0.9], named.GetProperty("parameters").EnumerateArray().Select(row => Math.Round(row.GetProperty("sparsity").GetDouble(), 3)));
    }

    [Theory]
    [InlineData("a.csv line 1: expected 'name,amount', found 'layer,share'", "layer,share")]
    [InlineData("a.csv: expected a line 'name,amount' and then a line for each layer or group, found none of those", "name,amount")]
    [InlineData("a.csv line 3: expected a name and a share such as 'layer1.0.conv1.weight,0.5', found 'linear.weight,much'", "name,amount", "", "linear.weight,much")]
    [InlineData("a.csv line 2: expected a name and a share such as 'layer1.0.conv1.weight,0.5', found 'linear.weight'", "name,amount", "linear.weight")]
    [InlineData("a.csv line 2: linear.weight: expected an amount from 0 to 1, found '1.5'", "name,amount", "linear.weight,1.5")]
    [InlineData("a.csv line 3: expected each name once, linear.weight is in line 2 too, found 'linear.weight,0.2'", "name,amount", "linear.weight,0.5", "linear.weight,0.2")]
    [InlineData("a.csv line 3: layer1.0.conv9.weight: no such parameter; did you mean layer1.0.conv1.weight", "name,amount", "linear.weight,0.5", "layer1.0.conv9.weight,0.5")]
    public void A_wrong_file_is_refused_by_its_line(string expected, params string[] lines)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(expected, CliRun.Of("prune", TinyData.Network, "--method", "l1", "--amounts", Write(folder, lines), "--dry-run").UserError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.csv line 2: layer1.0.conv1.weight: no such group of channels; did you mean layer1.0.conv1", "--channels")]
    [InlineData("need local ranking, found Global", "--channels", "--ranking", "global")]
    [InlineData("each layer is ranked separately", "--method", "l1", "--global")]
    [InlineData("found --amount and --amounts", "--method", "l1", "--amount", "0.5")]
    [InlineData("always removes half", "--method", "l1", "--pattern", "2:4")]
    [InlineData("cannot be combined with an amount or target", "--blocks", "2")]
    public void What_does_not_go_with_amounts_is_said(string expected, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string amounts = Write(folder, "name,amount", "layer1.0.conv1.weight,0.5");
        Assert.Contains(expected, CliRun.Of(["prune", TinyData.Network, "--amounts", amounts, .. options, "--dry-run"]).UserError(), StringComparison.Ordinal);
    }

    private static string Write(TemporaryFolder folder, params string[] lines)
    {
        string path = folder.File("a.csv");
        File.WriteAllLines(path, lines);
        return path;
    }
}
