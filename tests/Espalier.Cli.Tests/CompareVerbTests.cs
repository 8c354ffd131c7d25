using System.Text.Json;
using Espalier.Formats;
using Espalier.Surgery;

namespace Espalier.Cli.Tests;

public class CompareVerbTests
{
    [Fact]
    public void A_narrower_network_is_told_layer_by_layer()
    {
        using var folder = new TemporaryFolder();
        string whole = TinyData.WriteModel(folder);
        ModelFile.Write(folder.File("narrow.espalier"), TinyData.Model().Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.5), Exclude = ["layer2*", "layer3*"] }).Model);

        JsonElement compared = CliRun.Of("compare", whole, folder.File("narrow.espalier"), "--data", TinyData.WriteCifar(folder, 12), "--measure", "--json").Json();

        (JsonElement a, JsonElement b) = (compared.GetProperty("a"), compared.GetProperty("b"));
        Assert.True(b.GetProperty("macs").GetInt64() < a.GetProperty("macs").GetInt64());
        Assert.Equal(new FileInfo(whole).Length, a.GetProperty("bytes").GetInt64());
        Assert.True(a.GetProperty("ms").GetDouble() > 0 && b.GetProperty("ms").GetDouble() > 0);
        Assert.InRange(b.GetProperty("accuracy").GetDouble(), 0, 1);
        Assert.Equal(12, compared.GetProperty("samples").GetInt32());
        Assert.InRange(compared.GetProperty("same_class").GetInt32(), 0, 12);
        Assert.True(compared.GetProperty("relative_difference").GetDouble() > 0);
        JsonElement first = compared.GetProperty("reshaped")[0];
        Assert.Equal(("layer1.0.conv1", "16x16x3x3", "8x16x3x3"), (first.GetProperty("node").GetString(), first.GetProperty("a").GetString(), first.GetProperty("b").GetString()));
        Assert.Equal(0, compared.GetProperty("only_in_a").GetArrayLength());
    }

    [Fact]
    public void A_model_equals_itself()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);

        CliRun run = CliRun.Of("compare", model, model);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("the same network", run.Out, StringComparison.Ordinal);
        Assert.Contains("same class on 4 of 4 samples (100.00%); maximum difference 0.0e+0", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Networks_that_take_other_inputs_are_compared_in_figures_alone()
    {
        JsonElement compared = CliRun.Of("compare", TinyData.Network, "resnet18", "--json").Json();

        Assert.False(compared.TryGetProperty("samples", out _));
        Assert.Equal(11_689_512, compared.GetProperty("b").GetProperty("parameters").GetInt64());
        Assert.Contains("layer1.0.conv1", compared.GetProperty("reshaped").EnumerateArray().Select(layer => layer.GetProperty("node").GetString()));
    }
}
