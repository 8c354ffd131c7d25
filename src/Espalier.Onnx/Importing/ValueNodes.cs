using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Makes nodes of expressions and views: an op's input as it demands it.</summary>
internal static class ValueNodes
{
    private const int DeepestLift = 32; // nodes of a squeeze-and-excitation branch, several times over

    /// <summary>The node whose output an expression is.</summary>
    /// <exception cref="UnsupportedNodeException">No op here computes a function in it.</exception>
    internal static DraftNode Node(ImportState state, Expression expression) => expression.Leaf ?? (expression.Result ??= Compute(state, expression));

    /// <summary>A value as a feature map: channels x height x width.</summary>
    /// <exception cref="UnsupportedNodeException">Its axes are not the batch, channels, height and width.</exception>
    internal static DraftNode Map(ImportState state, OnnxNode node, ValueOperand value)
    {
        DraftNode found = Node(state, value.Expression);
        Shape shape = found.Shape;
        AxisView view = value.View;
        if (view.Rank != 4 || !view.StartsWithBatch)
        {
            throw new UnsupportedNodeException($"it reads a tensor of {view}; expected batch x channels x height x width");
        }

        if (shape.Rank == 1)
        {
            return view.IsWhole(1, 0, shape) && view.Dims[2].IsEmpty && view.Dims[3].IsEmpty
                ? Lift(state, found, 0)
                : throw new UnsupportedNodeException($"it reads features as {view}");
        }

        if (view.IsWhole(2, 1, shape) && view.IsWhole(3, 2, shape))
        {
            if (view.IsWhole(1, 0, shape))
            {
                return found;
            }

            if (view.Dims[1] is [{ Axis: 0, Stride: 1 } outer, { Axis: 0 } inner] && inner.Stride == outer.Extent && outer.Extent * inner.Extent == shape[0])
            {
                return state.Draft.Add(value.Expression.Source ?? node, new ChannelShuffle(inner.Extent), found);
            }
        }

        throw new UnsupportedNodeException($"the axes of the tensor of {view} that it reads are not batch, channels, height and width in this order");
    }

    /// <summary>A value of two axes, batch and features, as a vector.</summary>
    /// <exception cref="UnsupportedNodeException">It has other axes, or another order.</exception>
    internal static DraftNode Vector(ImportState state, OnnxNode node, ValueOperand value)
    {
        DraftNode found = Node(state, value.Expression);
        return IsVector(value.View, found.Shape)
            ? state.Draft.Flatten(node, found)
            : throw new UnsupportedNodeException($"it reads a tensor of {value.View}; expected batch x features, in the order of channels, rows and columns");
    }

    /// <summary>Whether a view has the batch and then all elements in their order on one axis.</summary>
    internal static bool IsVector(AxisView view, Shape sample) =>
        view.StartsWithBatch && AxisView.Joined(view.Dims[1..]).SequenceEqual(AxisView.Joined(AxisView.Natural(sample).Dims[1..])) && view.Dims[1..].Count(dim => !dim.IsEmpty) <= 1;

    /// <summary>A vector as a feature map of one pixel, the same each time: the layers that compute it become 1x1 convolutions and their like.</summary>
    /// <exception cref="UnsupportedNodeException">It comes from something else.</exception>
    internal static DraftNode Lift(ImportState state, DraftNode vector, int depth)
    {
        if (vector.Shape.Rank == 3)
        {
            return vector;
        }

        if (state.Draft.Lifted.TryGetValue(vector, out DraftNode? known))
        {
            return known;
        }

        if (depth > DeepestLift || vector.Source is null || vector.Inputs.Length == 0)
        {
            throw new UnsupportedNodeException("it makes a feature map of features that no pooling has computed");
        }

        if (vector.Op is Flatten && vector.Inputs[0].Shape.Extents is [_, 1, 1])
        {
            return vector.Inputs[0];
        }

        DraftNode[] inputs = Array.ConvertAll(vector.Inputs, input => Lift(state, input, depth + 1));
        Op op = vector.Op switch
        {
            Linear linear => new Conv2d(linear.InFeatures, linear.OutFeatures, 1) { Bias = linear.Bias },
            ActivationOp or BatchNorm or LayerNorm or Affine or PRelu or Add or Multiply or Concat or ChannelSlice or Dropout or ChannelConv1d or Quantize => vector.Op,
            _ => throw new UnsupportedNodeException($"it makes a feature map of the output of {vector.Op.Kind}"),
        };
        DraftNode lifted = state.Draft.Add(vector.Source, op, inputs);
        lifted.Constants = vector.Constants;
        lifted.IsShareable = vector.IsShareable;
        foreach ((string role, Tensor value) in vector.Values)
        {
            lifted.Values[role] = vector.Op is Linear && role == "weight" ? value.Reshape([value.Shape[0], value.Shape[1], 1, 1]) : value;
        }

        if (vector.QuantizedWeight is (Tensor floats, QuantizedConstant integers) && ReferenceEquals(floats, vector.Values["weight"]))
        {
            lifted.QuantizedWeight = (lifted.Values["weight"], integers);
            lifted.QuantizedBias = vector.QuantizedBias;
        }

        state.Draft.Lifted.Add(vector, lifted);
        return lifted;
    }

    private static DraftNode Compute(ImportState state, Expression expression)
    {
        if (Simple(state, expression) is DraftNode simple)
        {
            return simple;
        }

        // No single op: the arguments become nodes, and the outermost function is tried on them alone.
        Expression[] arguments = [.. expression.Arguments.Select(argument => argument.Base is null ? argument : new Expression(Node(state, argument)))];
        DraftNode[] values = [.. arguments.Where(argument => argument.Base is not null).Select(argument => argument.Base!)];
        bool isOneValue = values.Distinct().Count() == 1;
        if (expression.Arguments.Any(argument => argument.Size > 0) && isOneValue && Simple(state, expression.Of(arguments)) is DraftNode outermost)
        {
            return outermost;
        }

        return values.Length >= 2 && values.Length == arguments.Length
            ? Arithmetic.Combine(state, expression.Source!, values)
            : throw new UnsupportedNodeException("no activation here computes this function");
    }

    private static DraftNode? Simple(ImportState state, Expression expression)
    {
        if (ActivationMatch.Find(expression) is Activation activation)
        {
            return activation.Kind == ActivationKind.Identity ? expression.Base! : state.Draft.Add(expression.Source!, ActivationOp.Of(activation), expression.Base!);
        }

        return ActivationMatch.FindLinear(expression) is (double factor, double shift)
            ? ChannelScaling.Apply(state, expression.Source!, expression.Base!, state.PerChannel(expression.Base!, factor), state.PerChannel(expression.Base!, shift), isSole: false)
            : null;
    }
}
