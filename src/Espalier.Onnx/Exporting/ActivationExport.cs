using Espalier.Tensors;
using static Espalier.Onnx.OnnxAttribute;

namespace Espalier.Onnx;

/// <summary>Activations as ONNX nodes, spelled out where the opset lacks them.</summary>
internal static class ActivationExport
{
    private const int HardSwishOpset = 14;
    private const int MishOpset = 18;
    private const int GeluOpset = 20;

    internal static string Write(NodeExport node, Activation activation) => activation.Kind switch
    {
        ActivationKind.Identity => node.Result("Identity", [node.Input]),
        ActivationKind.Relu => node.Result("Relu", [node.Input]),
        ActivationKind.LeakyRelu => node.Result("LeakyRelu", [node.Input], Number("alpha", activation.Slope)),
        ActivationKind.Relu6 => node.Result("Clip", [node.Input, node.Number(0), node.Number(6)]),
        ActivationKind.Silu => node.Result("Mul", [node.Input, node.Step("Sigmoid", [node.Input])]),
        ActivationKind.HardSwish => HardSwish(node),
        ActivationKind.Sigmoid => node.Result("Sigmoid", [node.Input]),
        ActivationKind.Gelu => Gelu(node),
        ActivationKind.HardSigmoid => node.Result("HardSigmoid", [node.Input], Number("alpha", 1.0 / 6), Number("beta", 0.5)),
        ActivationKind.HardTanh => node.Result("Clip", [node.Input, node.Number(activation.Minimum), node.Number(activation.Maximum)]),
        ActivationKind.Elu => node.Result("Elu", [node.Input], Number("alpha", activation.Slope)),
        ActivationKind.Selu => node.Result("Selu", [node.Input]),
        ActivationKind.Tanh => node.Result("Tanh", [node.Input]),
        ActivationKind.Mish => Mish(node),
        ActivationKind.GeluTanh => GeluTanh(node),
    };

    private static string HardSwish(NodeExport node) => node.Opset >= HardSwishOpset
        ? node.Result("HardSwish", [node.Input])
        : node.Result("Mul", [node.Input, node.Step("HardSigmoid", [node.Input], Number("alpha", 1.0 / 6), Number("beta", 0.5))]);

    /// <summary>Before opset 20 as PyTorch's exporter spells it: x · (erf(x / √2) + 1) · 0.5.</summary>
    private static string Gelu(NodeExport node)
    {
        if (node.Opset >= GeluOpset)
        {
            return node.Result("Gelu", [node.Input]);
        }

        string error = node.Step("Erf", [node.Step("Div", [node.Input, node.Number(Math.Sqrt(2))])]);
        string product = node.Step("Mul", [node.Input, node.Step("Add", [error, node.Number(1)])]);
        return node.Result("Mul", [product, node.Number(0.5)]);
    }

    private static string Mish(NodeExport node) => node.Opset >= MishOpset
        ? node.Result("Mish", [node.Input])
        : node.Result("Mul", [node.Input, node.Step("Tanh", [node.Step("Softplus", [node.Input])])]);

    /// <summary>Before opset 20 x · 0.5 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))).</summary>
    private static string GeluTanh(NodeExport node)
    {
        string x = node.Input;
        if (node.Opset >= GeluOpset)
        {
            return node.Result("Gelu", [x], Text("approximate", "tanh"));
        }

        string cube = node.Step("Mul", [node.Step("Mul", [x, x]), x]);
        string sum = node.Step("Add", [x, node.Step("Mul", [cube, node.Number(0.044715)])]);
        string tanh = node.Step("Tanh", [node.Step("Mul", [sum, node.Number(Math.Sqrt(2 / Math.PI))])]);
        return node.Result("Mul", [node.Step("Mul", [x, node.Number(0.5)]), node.Step("Add", [tanh, node.Number(1)])]);
    }
}
