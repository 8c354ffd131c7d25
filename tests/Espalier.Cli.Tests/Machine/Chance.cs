namespace Espalier.Cli.Tests.Machine;

/// <summary>Random moments from a seed that the test prints, and how many are tried.</summary>
internal static class Chance
{
    /// <summary>Thirty where everything is asked for, otherwise a few.</summary>
    internal static int Rounds(int few) => FullRun.IsOn ? 30 : few;

    internal static Random Of(string what)
    {
        int seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"{what}: seed {seed}; ESPALIER_FULL=1 tries thirty moments");
        return new Random(seed);
    }
}
