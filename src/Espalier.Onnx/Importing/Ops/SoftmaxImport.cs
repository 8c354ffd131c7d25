using Espalier.Graphs;

namespace Espalier.Onnx;

/// <summary>Imports Softmax: over the features of a vector, the channels of each pixel, or groups of channels.</summary>
internal static class SoftmaxImport
{
    private const long OneAxis = 13; // the operator set from which on Softmax has one axis instead of all from one on

    internal static Operand Import(ImportState state, OnnxNode node)
    {
        ValueOperand value = state.Value(node, 0);
        bool hasOneAxis = state.Opset >= OneAxis;
        int axis = ConstantFolding.Axis(node.Int("axis", hasOneAxis ? -1 : 1), value.View.Rank);
        DraftNode found = ValueNodes.Node(state, value.Expression);
        int last = hasOneAxis ? axis + 1 : value.View.Rank;
        bool coversAll = AxisView.Joined(value.View.Dims[axis..last]).SequenceEqual(AxisView.Joined(AxisView.Natural(found.Shape).Dims[1..]));
        if (hasOneAxis && value.View.Dims[axis] is [{ Axis: 0 } group] && group.Stride * group.Extent == found.Shape[0] && found.Shape[0] > group.Extent)
        {
            return state.Result(node, state.Draft.Add(node, new RadixSoftmax(group.Extent), found), value.View);
        }

        if (!coversAll && hasOneAxis && value.View.IsWhole(axis, 0, found.Shape))
        {
            return state.Result(node, state.Draft.Add(node, new RadixSoftmax(found.Shape[0]), found), value.View);
        }

        if (!coversAll)
        {
            throw new UnsupportedNodeException($"it computes probabilities along axis {axis} of a tensor of {value.View}; those over features or groups of channels are taken");
        }

        DraftNode vector = state.Draft.Flatten(node, found);
        DraftNode result = state.Draft.Add(node, new Softmax(), vector);
        AxisView view = found.Shape.Rank == 1 || found.Shape[1] * found.Shape[2] == 1
            ? value.View
            : new AxisView([.. Enumerable.Range(0, value.View.Rank).Select(dim => dim == axis ? AxisView.Whole(0, vector.Shape[0]) : dim > axis && dim < last ? [] : value.View.Dims[dim])]);
        return state.Result(node, result, view);
    }
}
