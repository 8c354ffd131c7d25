using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>What the layer table needs to know to make a layer.</summary>
/// <param name="Group">The node with what is fused into it.</param>
/// <param name="Inputs">What it reads: the node's inputs, then the residual.</param>
/// <param name="Output">What it makes.</param>
/// <param name="State">Parameters and buffers.</param>
/// <param name="InstructionSet">The vectors to compute with.</param>
/// <param name="ConvolutionKernels">Kernels to prefer; see <see cref="TrainingPlanOptions.ConvolutionKernels"/>.</param>
/// <param name="Batch">Images of a batch: kernels are chosen for it.</param>
/// <param name="IsFrozen">Whether the node lies in a frozen scope.</param>
internal sealed record LayerContext(
    TrainingGroup Group, TrainingValue[] Inputs, TrainingValue Output, TrainingState State, InstructionSet InstructionSet, string? ConvolutionKernels, int Batch, bool IsFrozen)
{
    internal Node Node => Group.Node;

    internal string Name => Group.Result.Name;

    internal Op Op => Group.Node.Op;

    internal TrainingValue Input => Inputs[0];

    internal BlockedLayout[] Layouts => [.. Inputs.Select(input => input.Layout)];

    /// <summary>The forward calls of an op that inference computes in the same way.</summary>
    internal ForwardCall[] Calls() => ForwardTable.Of(Op, Layouts, Output.Layout, Activation.None);
}
