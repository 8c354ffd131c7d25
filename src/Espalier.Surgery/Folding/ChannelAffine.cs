using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>An affine map scale·x + shift per channel, in double precision, such as a batch norm at inference.</summary>
/// <param name="Scale">One factor per channel.</param>
/// <param name="Shift">One offset per channel.</param>
internal sealed record ChannelAffine(double[] Scale, double[] Shift)
{
    /// <summary>The number of channels.</summary>
    public int Channels => Scale.Length;

    /// <summary>The map that multiplies every channel by the same factor.</summary>
    public static ChannelAffine Uniform(int channels, double factor)
    {
        double[] scale = new double[channels];
        Array.Fill(scale, factor);
        return new ChannelAffine(scale, new double[channels]);
    }

    /// <summary>The map of a batch norm or of an affine op.</summary>
    public static ChannelAffine Of(Model model, Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Op is Affine affine ? OfAffine(model, node, affine) : OfBatchNorm(model, node);
    }

    /// <summary>The map of a batch norm with its running statistics: scale γ/√(σ² + ε) and shift β − μγ/√(σ² + ε).</summary>
    public static ChannelAffine OfBatchNorm(Model model, Node node)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(node);
        (double epsilon, bool isAffine) = (((BatchNorm)node.Op).Epsilon, ((BatchNorm)node.Op).Affine);
        double[] scale = isAffine ? Doubles.Of(model.Value(node, "weight")) : Uniform(((BatchNorm)node.Op).Channels, 1).Scale;
        double[] shift = isAffine ? Doubles.Of(model.Value(node, "bias")) : new double[scale.Length];
        double[] mean = Doubles.Of(model.Value(node, "running_mean"));
        double[] variance = Doubles.Of(model.Value(node, "running_var"));
        for (int c = 0; c < scale.Length; c++)
        {
            scale[c] /= Math.Sqrt(variance[c] + epsilon);
            shift[c] -= mean[c] * scale[c];
        }

        return new ChannelAffine(scale, shift);
    }

    private static ChannelAffine OfAffine(Model model, Node node, Affine op) =>
        new(Doubles.Of(model.Value(node, "weight")), op.Bias ? Doubles.Of(model.Value(node, "bias")) : new double[op.Channels]);
}
