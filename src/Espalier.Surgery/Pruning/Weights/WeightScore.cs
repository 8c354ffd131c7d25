namespace Espalier.Surgery;

/// <summary>By what weights are ranked; the least goes first.</summary>
public enum WeightScore
{
    /// <summary>By magnitude. Units of several weights by their norm, see <see cref="WeightPruningOptions.Norm"/>.</summary>
    Magnitude,

    /// <summary>At random.</summary>
    Random,

    /// <summary>The square over the sum of all squares in the layer that are no smaller (Lee 2021, "Layer-adaptive sparsity for the magnitude-based pruning", equation 4). For global ranking.</summary>
    Lamp,

    /// <summary>The magnitude of the gradient.</summary>
    Gradient,

    /// <summary>|weight · gradient|: how much the loss would change, to first order (Molchanov 2017, equation 6).</summary>
    Taylor,
}
