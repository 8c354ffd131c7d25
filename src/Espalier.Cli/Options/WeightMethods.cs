using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The names of the criteria that rank weights.</summary>
internal static class WeightMethods
{
    /// <summary>All names, as a list in a sentence.</summary>
    internal const string Names = "l1, l2, linf, lamp, gradient, taylor or random";

    /// <summary>The pruning request for a name, without a target.</summary>
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
