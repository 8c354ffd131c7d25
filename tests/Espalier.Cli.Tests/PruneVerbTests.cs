using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier.Cli.Tests;

public class PruneVerbTests
{
    [Fact]
    public void Prunes_and_takes_it_back()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string pruned = folder.File("pruned.espalier");
        string undone = folder.File("undone.espalier");
        string removed = folder.File("removed.espalier");

        JsonElement report = CliRun.Of("prune", model, "--method", "l1", "--amount", "0.8", "-o", pruned, "--json").Json();
        Assert.Equal(0, CliRun.Of("prune", pruned, "--undo", "-o", undone).Code);
        Assert.Equal(0, CliRun.Of("prune", pruned, "--remove", "-o", removed).Code);

        Assert.Equal(18, report.GetProperty("parameters").GetArrayLength());
        Assert.All(report.GetProperty("parameters").EnumerateArray(), row => Assert.InRange(row.GetProperty("sparsity").GetDouble(), 0.799, 0.801));
        Assert.Equal(NonZeros.Of(ModelFile.Read(pruned)), report.GetProperty("non_zeros").GetInt64());
        JsonElement summary = CliRun.Of("summary", pruned, "--nodes", "--json").Json();
        Assert.Equal(NonZeros.Of(ModelFile.Read(pruned)), summary.GetProperty("non_zeros").GetInt64());
        Assert.InRange(summary.GetProperty("effective_macs").GetInt64(), 1, summary.GetProperty("macs").GetInt64() / 2);
        Assert.Equal(NonZeros.Of(ModelFile.Read(pruned)), NonZeros.Of(ModelFile.Read(removed)));
        Model original = TinyData.Model();
        Assert.All(ModelFile.Read(undone).Parameters, parameter => Assert.True(parameter.Value.Mask is null && parameter.Value.Value.BitEquals(original.Parameters[parameter.Key].Value), parameter.Key));
        Assert.All(ModelFile.Read(removed).Parameters.Values, parameter => Assert.Null(parameter.Mask));
        Assert.Equal(["load", "prune", "prune"], ModelFile.Read(undone).Metadata.Lineage.Select(entry => entry.Action));
    }

    [Fact]
    public void A_fifth_of_the_first_layer_goes_by_lot()
    {
        CliRun run = CliRun.Of("prune", "resnet18", "--method", "random", "--amount", "20%", "--scope", "conv1", "--seed", "4", "--dry-run");
        Assert.Equal(0, run.Code);
        Assert.Contains("1,882", run.Out, StringComparison.Ordinal);
        Assert.Contains("nothing was written", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_go_to_PyTorch_and_back()
    {
        using var folder = new TemporaryFolder();
        string pruned = folder.File("pruned.espalier");
        string masked = folder.File("masked.pth");
        string plain = folder.File("plain.pth");
        string back = folder.File("back.espalier");
        Assert.Equal(0, CliRun.Of("prune", TinyData.Network, "--method", "lamp", "--amount", "0.9", "--global", "-o", pruned).Code);
        Assert.Equal(0, CliRun.Of("convert", pruned, masked, "--masks").Code);
        Assert.Equal(0, CliRun.Of("convert", pruned, plain).Code);
        Assert.Equal(0, CliRun.Of("convert", masked, back, "--model", TinyData.Network).Code);

        Model first = ModelFile.Read(pruned);
        Model second = ModelFile.Read(back);
        Assert.All(first.Parameters, parameter =>
        {
            Assert.True(parameter.Value.Value.BitEquals(second.Parameters[parameter.Key].Value), parameter.Key);
            Assert.Equal(parameter.Value.Mask is null, second.Parameters[parameter.Key].Mask is null);
            Assert.True(parameter.Value.Mask is null || parameter.Value.Mask.BitEquals(second.Parameters[parameter.Key].Mask!), parameter.Key);
        });
        StateDict zeros = CheckpointReader.Read(plain).StateDict;
        Assert.All(zeros.Names, name => Assert.True(zeros[name].BitEquals(first.Parameters[name].Effective), name));
        Assert.Contains("layer1.0.conv1.weight_orig", CheckpointReader.Read(masked).StateDict.Names);
    }

    [Theory]
    [InlineData("there is no --method l3; there are l1, l2, linf, lamp, gradient, taylor and random", "--method", "l3", "--amount", "0.5")]
    [InlineData("give the amount of weights to prune with one of --amount, --target-sparsity, --target-latency, --amounts; found none of them", "--method", "l1")]
    [InlineData("found --amount and --target-sparsity", "--method", "l1", "--amount", "0.5", "--target-sparsity", "0.9")]
    [InlineData("found --target-macs", "--method", "l1", "--target-macs", "50%")]
    [InlineData("or prune channels or blocks with --channels or --blocks", "--amount", "0.5")]
    [InlineData("ranking by gradients requires training images: give them with --data", "--method", "taylor", "--amount", "0.5")]
    [InlineData("--target-sparsity 1.5: a fraction is from 0 to 1", "--method", "l1", "--target-sparsity", "1.5")]
    [InlineData("--importance is for --channels only", "--method", "l1", "--amount", "0.5", "--importance", "l2")]
    [InlineData("--method is for pruning of weights only", "--channels", "--amount", "0.5", "--method", "l1")]
    [InlineData("give the amount of channels to prune with one of --amount, --target-macs, --target-params, --target-bytes, --target-latency, --amounts; found none of them", "--channels")]
    [InlineData("there is no --importance l3; there are l1, l2, fpgm, bn, taylor and random", "--channels", "--amount", "0.5", "--importance", "l3")]
    [InlineData("there is no --ranking best; there are local, global and normalized", "--channels", "--amount", "0.5", "--ranking", "best")]
    [InlineData("--amount 1.5: Expected an amount from 0 to 1", "--channels", "--amount", "1.5")]
    [InlineData("--amount 12: groups differ in width, so channels are pruned by a fraction", "--channels", "--amount", "12")]
    [InlineData("--target-macs 0.0001: the share of multiply-accumulates cannot be 0.0001: the narrowest network that minimum width, rounding and excluded layers allow reaches", "--channels", "--target-macs", "0.0001")]
    [InlineData("--target-bytes 1kB: the measured target cannot be 1000", "--channels", "--target-bytes", "1kB")]
    [InlineData("--target-params many: expected a fraction such as 50%, or a number such as 60M", "--channels", "--target-params", "many")]
    [InlineData("'linear' cannot shrink: ", "--channels", "--amount", "0.5", "--scope", "linear")]
    [InlineData("groups that can shrink are conv1, layer1.0.conv1", "--channels", "--amount", "0.5", "--scope", "linear")]
    [InlineData("No layer is called 'layer9'", "--channels", "--amount", "0.5", "--exclude", "layer9")]
    [InlineData("expected 1 to 6 of 9 residual blocks in 3 stages", "--blocks", "7")]
    [InlineData("layer1.0, layer1.1", "--blocks", "layer1.9")]
    [InlineData("give them with --data, or rank by bn or survival", "--blocks", "2", "--block-ranking", "output")]
    [InlineData("rank by output change or norm scale", "--blocks", "2", "--block-ranking", "survival")]
    [InlineData("cannot be combined with an amount or target", "--blocks", "2", "--amount", "0.5")]
    [InlineData("2 steps or fewer would work", "--blocks", "2", "--steps", "3")]
    [InlineData("--channels and --blocks exclude each other", "--blocks", "2", "--channels", "--amount", "0.5")]
    [InlineData("--recover cannot be combined with --dry-run", "--method", "l1", "--amount", "0.5", "--recover", "1")]
    [InlineData("--unreadable requires --recover", "--method", "l1", "--amount", "0.5", "--unreadable", "stop")]
    [InlineData("--resume requires --recover", "--method", "l1", "--amount", "0.5", "--resume")]
    [InlineData("layer1.0.conv1.weight: expected a fraction from 0 to 1", "--method", "l1", "--amount", "1.5")]
    [InlineData("layer1.0.conv9: matches no parameter; did you mean layer1.0.conv1", "--method", "l1", "--amount", "0.5", "--scope", "layer1.0.conv9")]
    [InlineData("by --pattern 1x4", "--method", "l1", "--amount", "0.5", "--block", "1x4")]
    [InlineData("there is no --pattern 3x3", "--method", "l1", "--amount", "0.5", "--pattern", "3x3")]
    [InlineData("always removes half", "--method", "l1", "--amount", "0.5", "--pattern", "2:4")]
    [InlineData("--undo, --remove and pruning exclude each other", "--undo", "--method", "l1")]
    [InlineData("the network: has no masks", "--undo")]
    public void Impossible_requests_say_what_would_work(string expected, params string[] options) =>
        Assert.Contains(expected, CliRun.Of(["prune", TinyData.Network, .. options, "--dry-run"]).UserError(), StringComparison.Ordinal);
}
