using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Multiplies a <see cref="ChannelAffine"/> that follows a convolution or linear layer into that layer's weights: scale·W and scale·b + shift.</summary>
/// <remarks>Applies <see cref="ChannelScaling.After"/> to nodes. Exact over the reals for every stride, padding, dilation and group count; the results are rounded to float32 once.</remarks>
internal static class OutputAffine
{
    /// <summary>Whether the op has weights by which its output can be scaled; quantized ones would be rounded again.</summary>
    public static bool CanAbsorb(Op op) => op is Conv2d { QuantizedWeights: false } or Linear { QuantizedWeights: false };

    /// <summary>Whether <paramref name="norm"/> is a batch norm with running statistics or an affine op, and the only reader of a layer with weights, so that it can be folded into the layer.</summary>
    public static bool IsNormOfLayer(Graph graph, Node norm)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(norm);
        return norm.Op is BatchNorm { RunningStatistics: true } or Affine && CanAbsorb(graph[norm.Inputs[0]].Op) && graph.HasSingleUse(norm.Inputs[0]);
    }

    /// <summary>The patch that multiplies <paramref name="affine"/> into <paramref name="node"/>. The layer gets a bias if it needs one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="node">A convolution or linear layer.</param>
    /// <param name="affine">The affine map that follows it, with as many channels as it has outputs.</param>
    /// <param name="reason">The patch's reason.</param>
    public static Patch Absorb(Model model, Node node, ChannelAffine affine, string reason)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(node);
        if (!CanAbsorb(node.Op))
        {
            throw new ArgumentException($"{node.Op.Kind} has no weights to scale.", nameof(node));
        }

        LinearMap scaled = ChannelScaling.After(LinearOps.Read(model, node).Map!, affine);
        return MapWriter.WriteLayer(model, scaled, node.Inputs[0], node.Name, node.Name, [node], reason);
    }
}
