using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Imports ops that compute each element of its own: activations as they are spelled out, sums, products, factors and shifts of channels.</summary>
internal static class Arithmetic
{
    /// <summary>Imports a node whose op has a function.</summary>
    internal static Operand Import(ImportState state, OnnxNode node, Func<double[], double> function)
    {
        Operand[] operands = [.. Enumerable.Range(0, node.Inputs.Count).Where(node.HasInput).Select(i => state.Operand(node, i)!)];
        (int fewest, int most) = ElementFunctions.Arguments(node);
        if (operands.Length < fewest || operands.Length > most)
        {
            throw new UnsupportedNodeException($"it has {operands.Length} inputs");
        }

        ValueOperand[] values = [.. operands.OfType<ValueOperand>()];
        Constant[] constants = [.. operands.OfType<ConstantOperand>().Select(operand => operand.Constant)];
        if (values.Length + constants.Length < operands.Length)
        {
            throw new UnsupportedNodeException($"it reads {string.Join(" and ", operands.Select(Describe))}");
        }

        if (constants.Any(constant => constant.Scalar is null || constant.Shape.Rank > values[0].View.Rank))
        {
            return values.Length == 1 && operands.Length == 2
                ? Scale(state, node, values[0], constants[0], isConstantFirst: operands[0] is ConstantOperand)
                : throw new UnsupportedNodeException($"it combines {string.Join(" and ", operands.Select(Describe))}");
        }

        ValueOperand first = values[0];
        if (values.All(value => value.Expression.Base == first.Expression.Base && value.View.Equals(first.View)))
        {
            Expression[] arguments = [.. operands.Select(operand => Argument(operand))];
            if (arguments.Sum(argument => argument.Size) >= Expression.MostFunctions)
            {
                arguments = [.. arguments.Select(argument => argument.Base is null ? argument : new Expression(ValueNodes.Node(state, argument)))];
            }

            if (arguments.Where(argument => argument.Base is not null).Select(argument => argument.Base).Distinct().Count() == 1)
            {
                return new ValueOperand(new Expression(node, function, arguments), first.View, state.IsUsedOnce(node));
            }
        }

        return values.Length == operands.Length ? Join(state, node, values) : throw new UnsupportedNodeException($"it combines {string.Join(" and ", operands.Select(Describe))}");
    }

    /// <summary>The sum or product of nodes of one shape.</summary>
    internal static DraftNode Combine(ImportState state, OnnxNode node, DraftNode[] values) => node.Op switch
    {
        "Add" or "Sum" => state.Draft.Add(node, new Add(), values),
        "Mul" when values.Length == 2 => state.Draft.Add(node, new Multiply(), values),
        "Sub" when values.Length == 2 => state.Draft.Add(node, new Add(), values[0], ChannelScaling.Apply(state, node, values[1], state.PerChannel(values[1], -1), state.PerChannel(values[1], 0), isSole: false)),
        _ => throw new UnsupportedNodeException("of two values"),
    };

    private static Expression Argument(Operand operand) => operand switch
    {
        ConstantOperand constant => new Expression(constant.Constant.Scalar!.Value, constant.Constant.IsHalf),
        _ => ((ValueOperand)operand).Expression,
    };

    private static ValueOperand Join(ImportState state, OnnxNode node, ValueOperand[] values)
    {
        DraftNode[] nodes = [.. values.Select(value => ValueNodes.Node(state, value.Expression))];
        if (values.All(value => value.View.Equals(values[0].View)))
        {
            if (nodes.Any(other => other.Shape != nodes[0].Shape))
            {
                nodes = Array.ConvertAll(nodes, other => state.Draft.Flatten(node, other));
            }

            return state.Result(node, Combine(state, node, nodes), values[0].View);
        }

        if (node.Op == "Mul" && values.Length == 2)
        {
            int whole = IsPerChannel(values[1].View, values[0].View) ? 0 : IsPerChannel(values[0].View, values[1].View) ? 1 : -1;
            if (whole >= 0 && nodes[whole].Shape.Rank == 3)
            {
                DraftNode factor = ValueNodes.Lift(state, nodes[1 - whole], 0);
                return state.Result(node, state.Draft.Add(node, new Multiply(), nodes[whole], factor), values[whole].View);
            }
        }

        throw new UnsupportedNodeException($"it combines {string.Join(" and ", values.Select(Describe))}");
    }

    /// <summary>Whether a view has the batch and channels of another, and one position on the axes of pixels.</summary>
    private static bool IsPerChannel(AxisView part, AxisView whole) =>
        part.Rank == whole.Rank && part.Dims.Zip(whole.Dims).All(pair => pair.First.SequenceEqual(pair.Second.Where(other => other.Axis <= 0)));

    private static ValueOperand Scale(ImportState state, OnnxNode node, ValueOperand value, Constant constant, bool isConstantFirst)
    {
        DraftNode found = ValueNodes.Node(state, value.Expression);
        if (node.Op == "Add" && value.Expression.Leaf is not null && value.View.Equals(AxisView.Natural(found.Shape)) && BorderValues.Of(found, constant) is Tensor border)
        {
            DraftNode padded = state.Draft.Add(node, new Pad(found.Shape[0], ((Pad)found.Op).Padding), found.Inputs[0]);
            padded.Values["value"] = border;
            return state.Result(node, padded, value.View);
        }

        double[] ones = state.PerChannel(found, 1);
        double[] zeros = state.PerChannel(found, 0);
        double[] values = ChannelScaling.PerChannel(constant, value.View, found.Shape[0])
            ?? throw new UnsupportedNodeException($"it combines a tensor of {value.View} with a constant of {constant.Shape}, which is not one number for each channel");
        (double[] factors, double[] shifts) = (node.Op, isConstantFirst) switch
        {
            ("Add", _) => (ones, values),
            ("Sub", false) => (ones, Array.ConvertAll(values, shift => -shift)),
            ("Sub", true) => (state.PerChannel(found, -1), values),
            ("Mul", _) => (values, zeros),
            ("Div", false) => (Array.ConvertAll(values, divisor => 1 / divisor), zeros),
            _ => throw new UnsupportedNodeException("of a constant for each channel"),
        };
        bool isSole = value.IsSole && value.Expression.Leaf is not null;
        DraftNode result = ChannelScaling.Apply(state, node, found, factors, shifts, isSole);
        result.Constants = result.Constants.Count == 0 ? [constant] : result.Constants; // for its name
        return state.Result(node, result, value.View);
    }

    private static string Describe(Operand operand) => operand switch
    {
        ConstantOperand constant => $"a constant of {constant.Constant.Shape}",
        QuantizedOperand => "a value in integers of 8 bits, which only a DequantizeLinear reads",
        GatheredOperand => "a feature map with gathered rows or columns, which only an adaptive maximum reads",
        _ => $"a tensor of {((ValueOperand)operand).View}",
    };
}
