using System.Text.Json;

namespace Espalier.Cli.Tests;

public class BenchVerbTests
{
    [Fact]
    public void Json_has_the_measurements()
    {
        JsonElement bench = CliRun.Of("bench", TinyData.Network, "--warmup", "1", "--repeat", "3", "--batch", "2", "--threads", "2", "--layers", "--json").Json();

        double p50 = bench.GetProperty("p50_ms").GetDouble();
        Assert.True(p50 > 0);
        Assert.InRange(bench.GetProperty("p90_ms").GetDouble(), p50, bench.GetProperty("p99_ms").GetDouble());
        Assert.Equal(2, bench.GetProperty("threads").GetInt32());
        Assert.Equal(2, bench.GetProperty("batch").GetInt32());
        Assert.Equal(2000 / bench.GetProperty("mean_ms").GetDouble(), bench.GetProperty("images_per_second").GetDouble(), 1e-6);
        Assert.True(bench.GetProperty("peak_bytes").GetInt64() > 1 << 20);
        JsonElement[] layers = [.. bench.GetProperty("layers").EnumerateArray()];
        Assert.Contains(layers, layer => layer.GetProperty("name").GetString()!.StartsWith("layer3.2.", StringComparison.Ordinal));
        Assert.Equal(40_551_040, layers.Sum(layer => layer.GetProperty("macs").GetInt64()));
    }

    [Fact]
    public void People_get_a_table_of_layers()
    {
        CliRun run = CliRun.Of("bench", TinyData.Network, "--warmup", "0", "--repeat", "1", "--layers");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("GFLOPS", run.Out, StringComparison.Ordinal);
        Assert.Contains("images/s", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Unfolded_networks_have_steps_for_their_norms()
    {
        int Steps(params string[] more) => CliRun.Of(["bench", TinyData.Network, "--warmup", "0", "--repeat", "1", "--layers", "--json", .. more]).Json().GetProperty("layers").GetArrayLength();

        const int Norms = 19, Sums = 7; // of nine blocks, those whose last convolution takes the sum in when it has no norm behind it
        Assert.Equal(Steps() + Norms + Sums, Steps("--unfolded"));
    }
}
