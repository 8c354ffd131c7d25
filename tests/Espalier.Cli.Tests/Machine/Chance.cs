namespace Espalier.Cli.Tests.Machine;

/// <summary>Random moments from a seed that the test prints, and how many are tried.</summary>
internal static class Chance
{
    private static readonly bool s_full = Environment.GetEnvironmentVariable("ESPALIER_FULL") == "1";

    /// <summary>Thirty where everything is asked for, otherwise a few.</summary>
    internal static int Rounds(int few) => s_full ? 30 : few;

    /// <summary>Skips a test that takes minutes unless everything is asked for.</summary>
    internal static void RequireFull(bool isSlow) => Assert.SkipWhen(isSlow && !s_full, "takes minutes: ESPALIER_FULL=1 runs it");

    internal static Random Of(string what)
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"{what}: seed {seed}; ESPALIER_FULL=1 tries thirty moments");
        return new Random(seed);
    }
}
