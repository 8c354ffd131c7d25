using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>What a pruning did to one parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Before">Weights that masks had removed before.</param>
/// <param name="Removed">Weights that they remove now.</param>
public readonly record struct PrunedParameter(string Name, Shape Shape, long Before, long Removed)
{
    /// <summary>The share of its weights that are removed.</summary>
    public double Sparsity => Shape.Count == 0 ? 0 : (double)Removed / Shape.Count;
}
