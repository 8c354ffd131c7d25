namespace Espalier.Kernels;

/// <summary>Updates of parameters by their gradients, over plain spans. Multiplications and additions are rounded one by one, so every machine gets the same bits.</summary>
public static class OptimizerKernel
{
    /// <summary>Gradients that are squared and summed up together: see <see cref="SquaredNorm"/>.</summary>
    public const int NormChunk = 4096;

    /// <summary>Stochastic gradient descent.</summary>
    /// <param name="parameter">Updated.</param>
    /// <param name="gradient">As long.</param>
    /// <param name="velocity">As long, updated; empty if there is no momentum.</param>
    /// <param name="settings">How.</param>
    public static void Sgd(Span<float> parameter, ReadOnlySpan<float> gradient, Span<float> velocity, in SgdSettings settings) =>
        throw new NotImplementedException();

    /// <summary>AdamW.</summary>
    /// <param name="parameter">Updated.</param>
    /// <param name="gradient">As long.</param>
    /// <param name="first">First moments: as long, updated, zero before step 1.</param>
    /// <param name="second">Second moments: as long, updated, zero before step 1.</param>
    /// <param name="settings">How.</param>
    public static void AdamW(Span<float> parameter, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, in AdamWSettings settings) =>
        throw new NotImplementedException();

    /// <summary>Exponential moving average: average = decay · average + (1 − decay) · value.</summary>
    public static void MovingAverage(Span<float> average, ReadOnlySpan<float> value, float decay) => throw new NotImplementedException();

    /// <summary>target += factor · source.</summary>
    public static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float factor) => throw new NotImplementedException();

    /// <summary>The sum of squares, in double. It is formed by chunks of <see cref="NormChunk"/>, so sums over pieces that begin at multiples of it add up to the same bits in order.</summary>
    public static double SquaredNorm(ReadOnlySpan<float> values) => throw new NotImplementedException();
}
