using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Puts a <see cref="ChannelAffine"/> that follows a convolution or linear layer into that layer's weights: scale·W and scale·b + shift.</summary>
/// <remarks>DESIGN, rule 1. Exact over the reals for every stride, padding, dilation and group count; computed in double, rounded to float once.</remarks>
public static class OutputAffine
{
    /// <summary>Whether the node's op is one whose output can be scaled by its weights.</summary>
    public static bool CanAbsorb(Op op) => op is Conv2d or Linear;

    /// <summary>The patch that replaces <paramref name="node"/> by itself followed by <paramref name="affine"/>. The layer gets a bias if it needs one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="node">A convolution or linear layer.</param>
    /// <param name="affine">What follows it; as many channels as it has outputs.</param>
    /// <param name="reason">The patch's reason.</param>
    public static Patch Absorb(Model model, Node node, ChannelAffine affine, string reason)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(affine);
        bool hasBias = node.Op is Conv2d { Bias: true } or Linear { Bias: true };
        bool needsBias = hasBias || affine.Shift.Any(shift => shift != 0);
        Op op = node.Op switch
        {
            Conv2d conv => conv with { Bias = needsBias },
            Linear linear => linear with { Bias = needsBias },
            _ => throw new ArgumentException($"{node.Op.Kind} has no weights to scale.", nameof(node)),
        };

        // The other users of tied weights must not see them scaled: the node gets its own.
        string owner = SharesParameters(model.Graph, node) ? ScopeName.Join(node.Name, "untied") : node.Name;
        var scaled = new Node(node.Name, op, node.Inputs, Node.ParametersNamedAfter(owner, op));
        Patch patch = new Patch(reason).Put(scaled).Set(scaled.Parameter("weight"), new Parameter(ScaleRows(model.Value(node, "weight"), affine.Scale)));
        return needsBias
            ? patch.Set(scaled.Parameter("bias"), new Parameter(Bias(hasBias ? model.Value(node, "bias") : null, affine)))
            : patch;
    }

    private static bool SharesParameters(Graph graph, Node node) =>
        graph.Nodes.Any(other => other.Name != node.Name && other.Parameters.Any(node.Parameters.Contains));

    private static Tensor ScaleRows(Tensor weight, double[] scale)
    {
        ReadOnlySpan<float> from = weight.To(ElementType.Float32).Read<float>();
        Tensor scaled = Tensor.Zeros(weight.Shape);
        Span<float> to = scaled.Write<float>();
        int row = to.Length / scale.Length;
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = (float)(from[i] * scale[i / row]);
        }

        return scaled;
    }

    private static Tensor Bias(Tensor? bias, ChannelAffine affine)
    {
        Tensor result = Tensor.Zeros([affine.Channels]);
        Span<float> to = result.Write<float>();
        ReadOnlySpan<float> from = bias is null ? [] : bias.To(ElementType.Float32).Read<float>();
        for (int c = 0; c < to.Length; c++)
        {
            to[c] = (float)(((from.IsEmpty ? 0 : from[c]) * affine.Scale[c]) + affine.Shift[c]);
        }

        return result;
    }
}
