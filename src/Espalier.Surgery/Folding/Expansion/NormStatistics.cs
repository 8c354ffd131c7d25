using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The weight and running statistics of a batch norm in float32; its bias is determined later.</summary>
/// <param name="Op">The norm.</param>
/// <param name="Weight">γ.</param>
/// <param name="Mean">The running mean.</param>
/// <param name="Variance">The running variance.</param>
internal sealed record NormStatistics(BatchNorm Op, float[] Weight, float[] Mean, float[] Variance)
{
    /// <summary>Statistics with which the norm is the identity.</summary>
    internal static NormStatistics Neutral(int channels, BatchNorm? op)
    {
        op ??= new BatchNorm(channels);
        return new NormStatistics(op, Filled(channels, (float)Math.Sqrt(1 + op.Epsilon)), new float[channels], Filled(channels, 1));
    }

    /// <summary>The statistics of a norm of a model.</summary>
    internal static NormStatistics Of(Model model, Node norm) =>
        new((BatchNorm)norm.Op, norm.Op is BatchNorm { Affine: true } ? Numbers(model, norm, "weight") : Filled(((BatchNorm)norm.Op).Channels, 1), Numbers(model, norm, "running_mean"), Numbers(model, norm, "running_var"));

    /// <summary>γ/√(σ² + ε) of each channel.</summary>
    internal double[] Scale() => [.. Weight.Zip(Variance, (weight, variance) => weight / Math.Sqrt(variance + Op.Epsilon))];

    /// <summary>These statistics, with those of <paramref name="other"/> for channels whose scale is too small to divide by in float32.</summary>
    internal NormStatistics WhereScaled(NormStatistics other)
    {
        const double Least = 1e-12;
        bool[] usable = [.. Scale().Select(scale => Math.Abs(scale) > Least)];
        float[] Pick(float[] mine, float[] theirs) => [.. mine.Select((value, c) => usable[c] ? value : theirs[c])];
        return this with { Weight = Pick(Weight, other.Weight), Mean = Pick(Mean, other.Mean), Variance = Pick(Variance, other.Variance) };
    }

    private static float[] Numbers(Model model, Node norm, string role) => model.Value(norm, role).To(ElementType.Float32).Read<float>().ToArray();

    private static float[] Filled(int count, float value)
    {
        float[] filled = new float[count];
        Array.Fill(filled, value);
        return filled;
    }
}
