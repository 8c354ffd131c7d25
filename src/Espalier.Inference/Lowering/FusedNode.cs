using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>A node with the nodes fused into its kernel: a norm, a residual sum and an activation.</summary>
/// <remarks>Used only by the inference plan; graphs, exporters and training do not contain fused nodes.</remarks>
/// <param name="Node">The node whose op determines the kernel.</param>
/// <param name="Result">The last fused node, whose output the step computes.</param>
/// <param name="Norm">The batch norm or affine op after the node, which is multiplied into its weights, or <see langword="null"/>.</param>
/// <param name="Residual">The value added before the activation, or <see langword="null"/>.</param>
/// <param name="Activation">The activation, applied last.</param>
internal sealed record FusedNode(Node Node, Node Result, Node? Norm, string? Residual, Activation Activation)
{
    /// <summary>The names of all values that are read: the node's inputs, then the residual.</summary>
    internal IEnumerable<string> Reads => Residual is null ? Node.Inputs : Node.Inputs.Append(Residual);

    /// <summary>The fused operations as text, appended to the kernel's name: <c> + add + relu</c>.</summary>
    internal string Suffix =>
        (Residual is null ? "" : " + add") + (Activation == Activation.None ? "" : $" + {Activation.Name}");
}
