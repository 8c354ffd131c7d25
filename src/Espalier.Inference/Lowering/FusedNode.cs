using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>A node with the nodes that its kernel does on the way out: a residual sum and an activation.</summary>
/// <remarks>Private to the inference plan: graphs, exporters and training never see it.</remarks>
/// <param name="Node">The node whose op chooses the kernel.</param>
/// <param name="Result">The last node that is fused: the one whose readers read the result.</param>
/// <param name="Norm">A batch norm behind it, which goes into its weights, or <see langword="null"/>.</param>
/// <param name="Residual">The value added before the activation, or <see langword="null"/>.</param>
/// <param name="Activation">What is applied last.</param>
internal sealed record FusedNode(Node Node, Node Result, Node? Norm, string? Residual, Activation Activation)
{
    /// <summary>Every value that is read: the node's inputs, then the residual.</summary>
    internal IEnumerable<string> Reads => Residual is null ? Node.Inputs : Node.Inputs.Append(Residual);

    /// <summary>What a report shows behind the kernel's name: <c> + add + relu</c>.</summary>
    internal string Suffix =>
        (Residual is null ? "" : " + add") + (Activation == Activation.None ? "" : $" + {Activation.Name}");
}
