using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>How a <see cref="TrainingPlan"/> is made.</summary>
public readonly record struct TrainingPlanOptions()
{
    /// <summary>The largest batch that <see cref="TrainingPlan.Forward"/> takes.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Whether activations within a block are computed again in the backward pass instead of kept (Chen 2016, "Training deep nets with sublinear memory cost"): the same bits, less memory, a second forward pass.</summary>
    public bool Recompute { get; init; }

    /// <summary>What dropout and stochastic depth draw from, together with the step and the node's name.</summary>
    public ulong Seed { get; init; }

    /// <summary>Scopes whose parameters stay as they are and whose batch norms use and keep their running statistics: <c>layer1</c>, <c>conv1</c>.</summary>
    public ValueList<string> Frozen { get; init; } = [];

    /// <summary>The vector width, or <see langword="null"/> for the machine's best.</summary>
    public InstructionSet? InstructionSet { get; init; }

    /// <summary>Names of convolution kernels to prefer, separated by commas, or <see langword="null"/> to choose by cost.</summary>
    public string? ConvolutionKernels { get; init; }

    /// <summary>Whether a node lies in a frozen scope.</summary>
    internal bool IsFrozen(Node node) => Frozen.Any(scope => ScopeName.Contains(scope, node.Name));
}
