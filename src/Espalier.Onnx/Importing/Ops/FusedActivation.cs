using Espalier.Onnx.Proto;

namespace Espalier.Onnx;

/// <summary>The activation that ONNX Runtime's optimizer has put into a convolution or matrix product, as a node of its own.</summary>
internal static class FusedActivation
{
    /// <summary>Makes the node; parameters have the order in which ONNX Runtime writes them.</summary>
    internal static OnnxNode Of(string activation, double[] numbers, OnnxNode fused)
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
