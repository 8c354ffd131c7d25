using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>
/// Runs a network with <see cref="Quantize"/> nodes in plain integers wherever <see cref="IntegerValues"/> says so, and in double elsewhere: the definition of the bits of
/// quantized networks, which every runtime gives.
/// </summary>
/// <remarks>
/// Integers are counted from the zero point: q − z. A sum of products or of values is exact in int32. It becomes float32 (half to even) and is multiplied by a float32, as <see cref="IntegerSums"/>
/// says; operands of a sum are added as float32 numbers, in their order; activations limit in float32; the result is rounded half to even and limited to 8 bits. No product and sum are fused.
/// </remarks>
internal sealed class IntegerReference
{
    private readonly Model _model;
    private readonly IntegerValues _integers;
    private readonly int _batch;
    private readonly Action<Node, double[]>? _perturb;
    private readonly Parameters _parameters;
    private readonly Dictionary<string, int[]> _counted = new(StringComparer.Ordinal); // q − z
    private readonly Dictionary<string, double[]> _values = new(StringComparer.Ordinal);

    private IntegerReference(Model model, int batch, Action<Node, double[]>? perturb)
    {
        (_model, _batch, _perturb) = (model, batch, perturb);
        _integers = new IntegerValues(model);
        _parameters = QuantizedLayer.InFloat(model.Graph, model.Parameters);
    }

    /// <summary>Computes all outputs for a batch of samples.</summary>
    /// <param name="model">The model; its input shape is taken from <paramref name="input"/>.</param>
    /// <param name="input">Float32, [batch, …sample].</param>
    /// <param name="perturb">A callback that modifies the result of each node; integers are those before it.</param>
    /// <exception cref="EspalierException">A value to be rounded is NaN, a sum may exceed int32, or a scale or zero point is invalid.</exception>
    internal static IReadOnlyList<Tensor> RunOutputs(Model model, Tensor input, Action<Node, double[]>? perturb = null)
    {
        Model sized = model.WithInput(input.Shape.WithoutFirst());
        var run = new IntegerReference(sized, input.Shape[0], perturb);
        run.Run(input.To(ElementType.Float64).Read<double>().ToArray());
        return [.. sized.Graph.Outputs.Select(name =>
            Tensor.From<double>(sized.Graph.ShapeOf(name).Prepend(input.Shape[0]), run._values[name]).To(ElementType.Float32))];
    }

    private void Run(double[] input)
    {
        IReadOnlySet<string> needed = _integers.InFloatingPoint(_model.Graph);
        foreach (Node node in _model.Graph.Nodes)
        {
            if (_integers.PointOf(node.Name) is QuantizationPoint point)
            {
                int[] counted = _counted[node.Name] = node.Op is Quantize ? Rounded(node, point) : Moved(node, point);
                _values[node.Name] = Perturbed(node, Array.ConvertAll(counted, integer => integer * (double)point.Scale));
            }
            else if (node.Op is Input)
            {
                _values[node.Name] = input;
            }
            else if (needed.Contains(node.Name))
            {
                _values[node.Name] = Perturbed(node, Naive(node, name => _values[name]));
            }
        }
    }

    private int[] Rounded(Node node, QuantizationPoint point) => _integers.RegionOf(node) is { } region
        ? IntegerSums.Of(_model, region, point, _batch, name => (_counted[name], _integers.PointOf(name)!.Value))
        : Array.ConvertAll(_values[node.Inputs[0]], value => double.IsNaN(value)
            ? throw new EspalierException($"'{node.Name}' cannot round to 8 bits: a value of '{node.Inputs[0]}' is NaN.")
            : (int)point.Round((float)value));

    // The naive kernels move and compare integers in double exactly. A window of a max pool without any pixel has the least value.
    private int[] Moved(Node node, QuantizationPoint point) =>
        Array.ConvertAll(Naive(node, name => Array.ConvertAll(_counted[name], integer => (double)integer)), value => (int)Math.Max(value, -point.ZeroPoint));

    private double[] Naive(Node node, Func<string, double[]> inputs)
    {
        double[] result = new double[checked((int)(_batch * _model.Graph.ShapeOf(node.Name).Count))];
        ReferenceOps.Run(new ReferenceCall<double>(_model.Graph, node, _batch, inputs, name => ReferenceExecutor.Numbers<double>(_parameters[name].Effective)), result);
        return result;
    }

    private double[] Perturbed(Node node, double[] values)
    {
        _perturb?.Invoke(node, values);
        return values;
    }
}
