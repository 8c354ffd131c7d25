namespace Espalier.Kernels;

/// <summary>How sparse a layer's weights are: what a kernel is chosen by beside the <see cref="ConvolutionProblem"/>. The default is dense.</summary>
/// <param name="Zeros">The share of the weights that are zero: 0 for a dense layer, 1 for one without any connection.</param>
public readonly record struct WeightSparsity(double Zeros)
{
    /// <summary>Counts the zeros, of either sign; no weights at all count as dense.</summary>
    public static WeightSparsity Of(ReadOnlySpan<float> weights) =>
        weights.IsEmpty ? default : new((double)weights.Count(0f) / weights.Length);
}
