using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>A factor by which integers become multiples of a rounding's scale.</summary>
internal static class IntegerFactor
{
    /// <summary>The factor as float32.</summary>
    /// <param name="factor">The factor in double.</param>
    /// <param name="node">The node that it belongs to.</param>
    /// <exception cref="EspalierException">The scales are so different that the factor is above 1e30, so that results may overflow.</exception>
    internal static float Of(double factor, Node node) => Math.Abs(factor) <= Requantization.LargestMultiplier ? (float)factor
        : throw new EspalierException($"'{node.Name}' cannot be computed in 8 bits: its scales give a factor of {factor}; expected at most {Requantization.LargestMultiplier}.");
}
