using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>A node of a network in training: its op, the samples that it is computed for, and the places of its value and gradient.</summary>
internal sealed class TrainedNode
{
    private readonly int _length;

    internal TrainedNode(Node node, Graph graph, SampleNeed need, TrainedNode[] inputs, bool hasTrainable, bool isNamed)
    {
        (Node, Need, IsNamed) = (node, need, isNamed);
        _length = checked((int)graph.ShapeOf(node.Name).Count);
        Value = new DeviceValue(node.Name, _length);
        Inputs = [.. inputs.Select((input, i) => new TrainedInput(input, IsGathered(node, need, input)))];
        HasTrainable = hasTrainable;
        Gradient = hasTrainable || isNamed || inputs.Any(input => input.Gradient is not null) ? new DeviceValue($"gradient of {node.Name}", _length) : null;
    }

    internal Node Node { get; }

    /// <summary>The samples that it is computed for.</summary>
    internal SampleNeed Need { get; }

    /// <summary>Whether <see cref="TrainingRunOptions.GradientsOf"/> names it.</summary>
    internal bool IsNamed { get; }

    /// <summary>Whether it has parameters that are trained.</summary>
    internal bool HasTrainable { get; }

    internal TrainedInput[] Inputs { get; }

    internal DeviceValue Value { get; }

    /// <summary>The gradient; <see langword="null"/> where nothing needs it.</summary>
    internal DeviceValue? Gradient { get; }

    /// <summary>The op; set once.</summary>
    internal DeviceOp? Op { get; set; }

    /// <summary>Whether the gradient has been written in this backward pass.</summary>
    internal bool IsWritten { get; set; }

    // Stochastic depth reads its inputs where they are.
    private static bool IsGathered(Node node, SampleNeed need, TrainedNode input) => node.Op is not StochasticDepth && input.Need != need;
}

/// <summary>An input of a node in training.</summary>
internal sealed class TrainedInput
{
    internal TrainedInput(TrainedNode from, bool isGathered)
    {
        From = from;
        if (isGathered)
        {
            Rows = new DeviceValue($"rows of {from.Node.Name}", from.Value.Length);
            RowGradients = from.Gradient is null ? null : new DeviceValue($"gradients of rows of {from.Node.Name}", from.Value.Length);
        }
    }

    /// <summary>The node that it is the output of.</summary>
    internal TrainedNode From { get; }

    /// <summary>Its rows of the samples that the reader is computed for, where these may be others than its own.</summary>
    internal DeviceValue? Rows { get; }

    /// <summary>The gradients of <see cref="Rows"/>.</summary>
    internal DeviceValue? RowGradients { get; }
}
