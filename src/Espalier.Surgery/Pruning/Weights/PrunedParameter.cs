using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The effect of a pruning on one parameter.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="Shape">The shape of the parameter.</param>
/// <param name="Before">The number of masked weights before.</param>
/// <param name="Removed">The number of masked weights after.</param>
public readonly record struct PrunedParameter(string Name, Shape Shape, long Before, long Removed)
{
    /// <summary>The fraction of the weights that are masked after the pruning.</summary>
    public double Sparsity => Shape.Count == 0 ? 0 : (double)Removed / Shape.Count;
}
