using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>One of several steps in which a request is carried out, so that the network can be fine-tuned between them (Han 2015; Frankle 2019).</summary>
/// <param name="Original">The model before the first step; relative targets refer to it.</param>
/// <param name="Number">The number of the step, starting with 1.</param>
/// <param name="Count">The number of steps.</param>
public readonly record struct PruningStep(Model Original, int Number, int Count)
{
    private double Before => (double)(Number - 1) / Count;

    private double After => (double)Number / Count;

    /// <summary>The fraction of the remaining units that this step removes, if all steps remove the same fraction and together <paramref name="whole"/>.</summary>
    public double ShareOf(double whole) => Count == 1 || whole is not (>= 0 and < 1) ? whole : 1 - (PruningSchedule.Geometric(1, 1 - whole, After) / PruningSchedule.Geometric(1, 1 - whole, Before));

    /// <summary>The number of units that this step removes if all steps together remove <paramref name="whole"/>.</summary>
    public int CountOf(double whole) => (int)(Math.Round(whole * After) - Math.Round(whole * Before));

    /// <summary>The limit after this step for a quantity that is reduced from <paramref name="whole"/> to <paramref name="target"/> by the same factor in each step; <paramref name="target"/> if it is not below <paramref name="whole"/>.</summary>
    public double LeftOf(double whole, double target) => target >= whole ? target : PruningSchedule.Geometric(whole, target, After);
}
