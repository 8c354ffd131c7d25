using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>The arguments with which the layer table creates a layer.</summary>
/// <param name="Group">The node and the nodes fused into it.</param>
/// <param name="Inputs">The inputs of the node, followed by the residual.</param>
/// <param name="Output">The output.</param>
/// <param name="State">Parameters and buffers.</param>
/// <param name="InstructionSet">The instruction set of the kernels.</param>
/// <param name="ConvolutionKernels">Kernels to prefer; see <see cref="TrainingPlanOptions.ConvolutionKernels"/>.</param>
/// <param name="Batch">The batch size for which kernels are chosen.</param>
/// <param name="IsFrozen">Whether the node is frozen; see <see cref="TrainingRunOptions.IsFrozen"/>. A frozen batch norm has running statistics.</param>
/// <param name="Statistics">What synchronizes batch norms, or <see langword="null"/>.</param>
internal sealed record LayerContext(
    TrainingGroup Group, TrainingValue[] Inputs, TrainingValue Output, TrainingState State, InstructionSet InstructionSet, string? ConvolutionKernels, int Batch, bool IsFrozen,
    IStatisticsExchange? Statistics)
{
    internal Node Node => Group.Node;

    internal string Name => Group.Result.Name;

    internal Op Op => Group.Node.Op;

    internal TrainingValue Input => Inputs[0];

    internal BlockedLayout[] Layouts => [.. Inputs.Select(input => input.Layout)];

    /// <summary>The forward calls of an op that inference computes in the same way.</summary>
    internal ForwardCall[] Calls() => ForwardTable.Of(Op, Layouts, Output.Layout, Activation.None);
}
