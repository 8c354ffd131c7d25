using System.Text.Json;

namespace Espalier.Cli.Tests;

public sealed class TuneOptionTests : IDisposable
{
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("espalier-tune");
    private readonly string? _before = Environment.GetEnvironmentVariable("ESPALIER_CACHE");

    public TuneOptionTests() => Environment.SetEnvironmentVariable("ESPALIER_CACHE", _cache.FullName);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ESPALIER_CACHE", _before);
        _cache.Delete(recursive: true);
    }

    [Fact]
    public void Kernels_are_timed_once_and_kept_and_a_damaged_file_is_made_anew_with_a_warning()
    {
        Bench();
        FileInfo file = Assert.Single(_cache.GetDirectories("tuning")[0].GetFiles());
        string first = File.ReadAllText(file.FullName);
        Assert.NotEmpty(JsonDocument.Parse(first).RootElement.GetProperty("kernels").EnumerateObject());

        Assert.DoesNotContain("timing", Bench().Error, StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllText(file.FullName));

        File.WriteAllText(file.FullName, "{");
        Assert.Contains("is damaged", Bench().Error, StringComparison.Ordinal);
        Assert.NotEqual("{", File.ReadAllText(file.FullName));
    }

    private static CliRun Bench()
    {
        CliRun run = CliRun.Of("bench", TinyData.Network, "--warmup", "0", "--repeat", "1", "--threads", "1", "--tune");
        Assert.Equal(ExitCode.Success, run.Code);
        return run;
    }
}
