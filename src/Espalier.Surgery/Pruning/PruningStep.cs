using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>One of several prunings that together do what a request asks for; between them a network may be fine-tuned (Han 2015; Frankle 2019).</summary>
/// <param name="Original">The model before the first of them: targets that are shares are shares of it.</param>
/// <param name="Number">Which it is, from 1 on.</param>
/// <param name="Count">How many there are.</param>
public readonly record struct PruningStep(Model Original, int Number, int Count)
{
    private double Before => (double)(Number - 1) / Count;

    private double After => (double)Number / Count;

    /// <summary>The share of what is left that this step removes, where all steps remove the same and together <paramref name="whole"/>.</summary>
    public double ShareOf(double whole) => Count == 1 || whole is not (>= 0 and < 1) ? whole : 1 - (PruningSchedule.Geometric(1, 1 - whole, After) / PruningSchedule.Geometric(1, 1 - whole, Before));

    /// <summary>How many of some things this step removes.</summary>
    public int CountOf(double whole) => (int)(Math.Round(whole * After) - Math.Round(whole * Before));

    /// <summary>What may be left after this step of a quantity that falls by the same factor at each; a target that is met already stays as it is.</summary>
    public double LeftOf(double whole, double target) => target >= whole ? target : PruningSchedule.Geometric(whole, target, After);
}
