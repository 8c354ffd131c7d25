using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>The names of what weights are ranked by.</summary>
internal static class WeightMethods
{
    /// <summary>All of them, as a sentence has them.</summary>
    internal const string Names = "l1, l2, linf, lamp, gradient, taylor or random";

    /// <summary>What a name stands for, without a target.</summary>
    internal static WeightPruning Request(string name, string option) => new()
    {
        Criterion = name switch
        {
            "l1" or "l2" or "linf" => PruningCriteria.Magnitude,
            "lamp" => PruningCriteria.Lamp,
            "gradient" => PruningCriteria.Gradient,
            "taylor" => PruningCriteria.Taylor,
            "random" => PruningCriteria.Random,
            _ => throw new EspalierException($"there is no {option} {name}; there are {Names.Replace(" or ", " and ", StringComparison.Ordinal)}"),
        },
        Norm = name switch { "l2" => 2, "linf" => double.PositiveInfinity, _ => 1 },
    };
}
