namespace Espalier.Training;

/// <summary>What one pruning step of a <see cref="GradualPruning"/> has done.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">The number of steps so far.</param>
/// <param name="Weights">The number of weights that are pruned or not.</param>
/// <param name="Masked">How many of them are masked now.</param>
internal readonly record struct GradualPruningStep(int Epoch, long Step, long Weights, long Masked)
{
    /// <summary>The fraction of the weights that is masked, from 0 to 1.</summary>
    internal double Sparsity => (double)Masked / Math.Max(1, Weights);
}
