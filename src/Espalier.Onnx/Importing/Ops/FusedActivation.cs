using Espalier.Onnx.Proto;

namespace Espalier.Onnx;

/// <summary>The activation that ONNX Runtime's optimizer has put into a convolution or matrix product.</summary>
internal static class FusedActivation
{
    /// <summary>The result of a node after the activation that its attribute names; parameters have the order in which ONNX Runtime writes them.</summary>
    /// <exception cref="UnsupportedNodeException">The activation is no function of one value, or is not known.</exception>
    internal static ValueOperand Apply(ImportState state, OnnxNode node, DraftNode layer, AxisView view, double[] numbers)
    {
        string activation = node.Text("activation", "");
        if (activation.Length == 0)
        {
            return state.Result(node, layer, view);
        }

        OnnxNode alone = Alone(activation, numbers, node);
        Func<double[], double> function = ElementFunctions.Of(alone) is { } known && ElementFunctions.Arguments(alone).Fewest == 1
            ? known
            : throw new UnsupportedNodeException($"its activation '{OnnxFile.Shown(activation)}' is not known");
        return new ValueOperand(new Expression(node, function, [new Expression(layer)]), view, state.IsUsedOnce(node));
    }

    /// <summary>The activation as a node of its own.</summary>
    private static OnnxNode Alone(string activation, double[] numbers, OnnxNode fused)
    {
        string[] names = activation switch
        {
            "Clip" => ["min", "max"],
            "HardSigmoid" => ["alpha", "beta"],
            "LeakyRelu" => ["alpha"],
            _ => [],
        };
        IEnumerable<AttributeProto> attributes = names.Zip(numbers, (name, number) => new AttributeProto { Name = name, F = (float)number });
        return new OnnxNode(activation, "", fused.Name, [], fused.Outputs, attributes);
    }
}
