using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>One of several prunings that together do what was asked for.</summary>
/// <param name="Original">The model before the first of them.</param>
/// <param name="Number">Which it is, from 1 on.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct PruneStep(Model Original, int Number, int Count)
{
    private double Before => (double)(Number - 1) / Count;

    private double After => (double)Number / Count;

    /// <summary>The share of what is left that this step removes, where all steps remove the same and together <paramref name="whole"/>.</summary>
    internal double ShareOf(double whole) => Count == 1 || whole is not (>= 0 and < 1) ? whole : 1 - (PruningSchedule.Geometric(1, 1 - whole, After) / PruningSchedule.Geometric(1, 1 - whole, Before));

    /// <summary>How many of some things this step removes.</summary>
    internal int CountOf(double whole) => (int)(Math.Round(whole * After) - Math.Round(whole * Before));

    /// <summary>What may be left after this step of a quantity that falls by the same factor at each; a target that is met already stays as it is.</summary>
    internal double LeftOf(double whole, double target) => target >= whole ? target : PruningSchedule.Geometric(whole, target, After);
}
