using System.Globalization;

namespace Espalier.Testing;

/// <summary>Whether everything is tested (<c>ESPALIER_FULL=1</c>, as <c>.ci/full</c> sets it), and which part of the long tests runs otherwise.</summary>
public static class FullRun
{
    private const string SeedVariable = "ESPALIER_SEED"; // repeats the choice of another run
    private static readonly ulong s_seed = ulong.TryParse(Environment.GetEnvironmentVariable(SeedVariable), NumberStyles.None, CultureInfo.InvariantCulture, out ulong given) ? given : (ulong)Environment.TickCount64;

    /// <summary>Whether everything is tested.</summary>
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("ESPALIER_FULL") == "1";

    /// <summary>Skips the running test unless everything is tested.</summary>
    /// <param name="condition">Whether it is one that takes long.</param>
    /// <param name="time">How long it takes.</param>
    public static void Require(bool condition = true, string time = "seconds") => Assert.SkipWhen(condition && !IsOn, $"takes {time}: ESPALIER_FULL=1 runs it");

    /// <summary>Skips the running test for all but one of some number of cases, drawn from a seed, unless everything is tested.</summary>
    /// <param name="count">One of how many.</param>
    /// <param name="name">The case.</param>
    public static void RequireOneOf(int count, string name)
    {
        Assert.SkipWhen(!IsOn && Draw(count, name) != 0, $"one of {count} is tested ({SeedVariable}={s_seed}): ESPALIER_FULL=1 tests all");
    }

    /// <summary>One of some number of cases, from a first one that is drawn from a seed; all of them if everything is tested.</summary>
    /// <param name="count">One of how many.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="name">What they are for.</param>
    public static IEnumerable<T> OneOf<T>(int count, IEnumerable<T> cases, string name)
    {
        int first = Draw(count, name);
        return cases.Where((_, i) => IsOn || i % count == first);
    }

    private static int Draw(int count, string name)
    {
        ulong hash = name.Aggregate(s_seed * 0x9E3779B97F4A7C15, (hash, letter) => (hash ^ letter) * 0x100000001B3);
        return (int)((hash >> 32) % (ulong)count);
    }
}
