using Espalier.Onnx.Proto;

namespace Espalier.Onnx;

/// <summary>Recognizes normalizations that are spelled out: (x − mean) / √(mean of (x − mean)² + ε), as exporters write layer norm before operator set 17.</summary>
/// <remarks>A node <see cref="Op"/> takes the place of the last one. Scale and bias follow it as nodes of their own and are merged into it like those of any norm.</remarks>
internal sealed class NormPattern
{
    /// <summary>The op of the node that stands for the pattern; no file has its operator set.</summary>
    internal const string Op = "Normalization";

    /// <summary>The operator set of <see cref="Op"/>.</summary>
    internal const string Domain = "espalier.spelled_out";

    private readonly Dictionary<string, OnnxNode> _writers = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, Constant> _constants;

    private NormPattern(IReadOnlyList<OnnxNode> nodes, IReadOnlyDictionary<string, Constant> constants)
    {
        _constants = constants;
        foreach (OnnxNode node in nodes)
        {
            foreach (string output in node.Outputs)
            {
                _writers[output] = node;
            }
        }
    }

    /// <summary>The nodes with each pattern as one node.</summary>
    internal static List<OnnxNode> Apply(IReadOnlyList<OnnxNode> nodes, IReadOnlyDictionary<string, Constant> constants)
    {
        var pattern = new NormPattern(nodes, constants);
        return [.. nodes.Select(node => pattern.Match(node) ?? node)];
    }

    private OnnxNode? Match(OnnxNode node)
    {
        if (node.Domain.Length > 0 || node.Op is not ("Div" or "Mul") || node.Inputs.Count != 2)
        {
            return null;
        }

        foreach ((string centred, string deviation) in new[] { (node.Inputs[0], node.Inputs[1]), (node.Inputs[1], node.Inputs[0]) })
        {
            if (Variance(deviation, isInverse: node.Op == "Mul") is (string variance, double epsilon) && Match(node, centred, variance, epsilon) is OnnxNode norm)
            {
                return norm;
            }

            if (node.Op == "Div")
            {
                break;
            }
        }

        return null;
    }

    private OnnxNode? Match(OnnxNode node, string centred, string variance, double epsilon)
    {
        if (Centred(centred) is not (string x, long[] axes) || Mean(variance) is not (string squares, long[] over) || !axes.Order().SequenceEqual(over.Order()))
        {
            return null;
        }

        string? centredAgain = Writer(squares) switch
        {
            { Op: "Pow" } pow when Number(pow.Inputs[1]) == 2 => pow.Inputs[0],
            { Op: "Mul" } product when Source(product.Inputs[0]) == Source(product.Inputs[1]) => product.Inputs[0],
            _ => null,
        };
        if (centredAgain is null || Centred(centredAgain) is not (string same, long[] again) || Source(same) != Source(x) || !again.Order().SequenceEqual(axes.Order()))
        {
            return null;
        }

        var axesAttribute = new AttributeProto { Name = "axes" };
        axesAttribute.Ints.AddRange(axes);
        return new OnnxNode(Op, Domain, node.Name, [x], node.Outputs, [axesAttribute, new AttributeProto { Name = "epsilon", F = (float)epsilon }]);
    }

    /// <summary>The variance and ε of √(variance + ε), or of its inverse.</summary>
    private (string Variance, double Epsilon)? Variance(string name, bool isInverse)
    {
        OnnxNode? root = Writer(name);
        if (isInverse && root is { Op: "Reciprocal" })
        {
            (root, isInverse) = (Writer(root.Inputs[0]), false);
        }

        string? sum = root switch
        {
            { Op: "Sqrt" } when !isInverse => root.Inputs[0],
            { Op: "Pow" } when Number(root.Inputs[1]) == (isInverse ? -0.5 : 0.5) => root.Inputs[0],
            _ => null,
        };
        return sum is not null && Writer(sum) is { Op: "Add" } add
            ? Number(add.Inputs[1]) is double right ? (add.Inputs[0], right) : Number(add.Inputs[0]) is double left ? (add.Inputs[1], left) : null
            : null;
    }

    /// <summary>The x and the axes of x − mean(x).</summary>
    private (string X, long[] Axes)? Centred(string name) =>
        Writer(name) is { Op: "Sub" } difference && Mean(difference.Inputs[1]) is (string x, long[] axes) && Source(x) == Source(difference.Inputs[0]) ? (difference.Inputs[0], axes) : null;

    private (string X, long[] Axes)? Mean(string name)
    {
        if (Writer(name) is not { Op: "ReduceMean" } mean || mean.Int("keepdims", 1) == 0)
        {
            return null;
        }

        long[]? axes = mean.Ints("axes") ?? (mean.HasInput(1) && _constants.TryGetValue(mean.Inputs[1], out Constant? given) ? [.. given.Elements.Select(axis => (long)axis.Value)] : null);
        return axes is null ? null : (mean.Inputs[0], axes);
    }

    /// <summary>The node that computes a value, but for nodes that only pass it on.</summary>
    private OnnxNode? Writer(string name) => _writers.GetValueOrDefault(Source(name)) is { Domain: "" } writer && (writer.Inputs.Count >= 2 || writer.Op is "ReduceMean" or "Sqrt" or "Reciprocal") && writer.Inputs.Count >= 1 ? writer : null;

    private string Source(string name)
    {
        while (_writers.GetValueOrDefault(name) is { Domain: "", Op: "Identity" or "Cast", Inputs.Count: >= 1 } writer)
        {
            name = writer.Inputs[0];
        }

        return name;
    }

    private double? Number(string name) => _constants.TryGetValue(Source(name), out Constant? constant) ? constant.Scalar : null;
}
