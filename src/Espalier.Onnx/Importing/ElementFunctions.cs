using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>The ops that compute each element of its own, as functions of numbers.</summary>
internal static class ElementFunctions
{
    /// <summary>The function of a node, or <see langword="null"/> if its op is none.</summary>
    /// <remarks>Attributes that became inputs in a later operator set are arguments here if they are inputs.</remarks>
    internal static Func<double[], double>? Of(OnnxNode node) => node.Domain switch
    {
        "" => Standard(node),
        "com.microsoft" => OfRuntime(node),
        _ => null,
    };

    /// <summary>The fewest and most inputs that the function of a node has.</summary>
    internal static (int Fewest, int Most) Arguments(OnnxNode node) => node.Op switch
    {
        "Add" or "Sub" or "Mul" or "Div" or "Pow" => (2, 2),
        "Min" or "Max" or "Sum" => (1, int.MaxValue),
        "Clip" => (1, 3),
        _ => (1, 1),
    };

    private static Func<double[], double>? Standard(OnnxNode node)
    {
        switch (node.Op)
        {
            case "Add":
                return x => x[0] + x[1];
            case "Sub":
                return x => x[0] - x[1];
            case "Mul":
                return x => x[0] * x[1];
            case "Div":
                return x => x[0] / x[1];
            case "Pow":
                return x => Math.Pow(x[0], x[1]);
            case "Min":
                return x => x.Min();
            case "Max":
                return x => x.Max();
            case "Sum":
                return x => x.Sum();
            case "Clip":
                return Clip(node);
            case "LeakyRelu":
                double slope = node.Float("alpha", 0.01f);
                return x => x[0] > 0 ? x[0] : slope * x[0];
            case "Elu":
                double alpha = node.Float("alpha", 1);
                return x => x[0] > 0 ? x[0] : alpha * (Math.Exp(x[0]) - 1);
            case "Celu":
                double divisor = node.Float("alpha", 1);
                return x => Math.Max(0, x[0]) + Math.Min(0, divisor * (Math.Exp(x[0] / divisor) - 1));
            case "Selu":
                (double inner, double outer) = (node.Float("alpha", 1.67326319217681884765625), node.Float("gamma", 1.05070102214813232421875));
                return x => outer * (x[0] > 0 ? x[0] : inner * (Math.Exp(x[0]) - 1));
            case "ThresholdedRelu":
                double threshold = node.Float("alpha", 1);
                return x => x[0] > threshold ? x[0] : 0;
            case "HardSigmoid":
                (double factor, double shift) = (node.Float("alpha", 0.2f), node.Float("beta", 0.5f));
                return x => Math.Clamp((factor * x[0]) + shift, 0, 1);
            case "Swish":
                double steepness = node.Float("alpha", 1);
                return x => x[0] / (1 + Math.Exp(-steepness * x[0]));
            case "Gelu":
                return node.Text("approximate", "none") == "tanh" ? x => TanhGelu(x[0]) : x => x[0] * NormalDistribution.Cumulative(x[0]);
            default:
                return OfOne(node.Op) is { } function ? x => function(x[0]) : null;
        }
    }

    private static Func<double[], double> Clip(OnnxNode node)
    {
        // Up to operator set 6 attributes, from 11 on inputs; an absent one is no limit.
        (double low, double high) = (node.Float("min", double.NegativeInfinity), node.Float("max", double.PositiveInfinity));
        bool hasLow = node.HasInput(1);
        bool hasHigh = node.HasInput(2);
        return x => Math.Min(hasHigh ? x[^1] : high, Math.Max(hasLow ? x[1] : low, x[0]));
    }

    private static Func<double, double>? OfOne(string op) => op switch
    {
        "Relu" => x => Math.Max(0, x),
        "Sigmoid" => x => 1 / (1 + Math.Exp(-x)),
        "Tanh" => Math.Tanh,
        "Softplus" => Softplus,
        "Softsign" => x => x / (1 + Math.Abs(x)),
        "HardSwish" => x => x * Math.Clamp((x / 6) + 0.5, 0, 1),
        "Mish" => x => x * Math.Tanh(Softplus(x)),
        "Erf" => x => (2 * NormalDistribution.Cumulative(x * Math.Sqrt(2))) - 1,
        "Neg" or "Abs" or "Exp" or "Log" or "Sqrt" or "Reciprocal" or "Sign" or "Floor" or "Ceil" or "Round" => ConstantArithmetic.Unary(op),
        _ => null,
    };

    /// <summary>What ONNX Runtime's optimizer makes of several standard nodes.</summary>
    private static Func<double[], double>? OfRuntime(OnnxNode node)
    {
        switch (node.Op)
        {
            case "Gelu":
                return x => x[0] * NormalDistribution.Cumulative(x[0]);
            case "FastGelu" when !node.HasInput(1):
                return x => TanhGelu(x[0]);
            case "QuickGelu":
                double steepness = node.Float("alpha", 1.702f);
                return x => x[0] / (1 + Math.Exp(-steepness * x[0]));
            default:
                return null;
        }
    }

    private static double TanhGelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static double Softplus(double x) => x > 30 ? x + Math.Exp(-x) : Math.Log(1 + Math.Exp(x));
}
