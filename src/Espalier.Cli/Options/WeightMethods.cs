using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>The names of what weights are ranked by.</summary>
internal static class WeightMethods
{
    /// <summary>All of them, as a sentence has them.</summary>
    internal const string Names = "l1, l2, linf, lamp, gradient, taylor or random";

    /// <summary>What a name stands for; the amount is none.</summary>
    internal static WeightPruningOptions Options(string name, string option)
    {
        WeightScore score = name switch
        {
            "l1" or "l2" or "linf" => WeightScore.Magnitude,
            "lamp" => WeightScore.Lamp,
            "gradient" => WeightScore.Gradient,
            "taylor" => WeightScore.Taylor,
            "random" => WeightScore.Random,
            _ => throw new EspalierException($"there is no {option} {name}; there are {Names.Replace(" or ", " and ", StringComparison.Ordinal)}"),
        };
        return new WeightPruningOptions(score, PruneAmount.Fraction(0)) { Norm = name switch { "l2" => 2, "linf" => double.PositiveInfinity, _ => 1 } };
    }
}
