using Espalier.Execution;
using Espalier.Graphs;

namespace Espalier.Onnx.Tests;

/// <summary>Compares each rounding of ONNX Runtime with what is rounded here from the integers that it had.</summary>
/// <param name="model">The quantized model.</param>
/// <param name="batch">Number of samples.</param>
/// <param name="given">ONNX Runtime's numbers: the input, all roundings, possibly more.</param>
internal sealed class RoundingComparison(Model model, int batch, Dictionary<string, double[]> given)
{
    private readonly IntegerValues _integers = new(model);
    private readonly Parameters _parameters = QuantizedLayer.InFloat(model.Graph, model.Parameters);

    /// <summary>Roundings in integers.</summary>
    internal int Regions { get; private set; }

    /// <summary>Values that are equal.</summary>
    internal int Equal { get; private set; }

    /// <summary>Values that were compared.</summary>
    internal int All { get; private set; }

    /// <summary>Fails if a value is off by more than one quantum.</summary>
    internal void Compare(string what)
    {
        foreach (Node point in model.Graph.Nodes.Where(node => node.Op is Quantize))
        {
            QuantizationPoint numbers = _integers.PointOf(point.Name)!.Value;
            foreach ((int mine, int other) in Ours(point, numbers).Zip(Counted(given[point.Name], numbers)))
            {
                All++;
                Equal += mine == other ? 1 : 0;
                Assert.True(Math.Abs(mine - other) <= 1, $"{what}, {point.Name}: {other} instead of {mine}\n{model.Graph}");
            }
        }
    }

    private int[] Ours(Node point, QuantizationPoint numbers)
    {
        if (_integers.RegionOf(point) is not { } region)
        {
            return Array.ConvertAll(Of(point.Inputs[0]), value => (int)numbers.Round((float)value));
        }

        Regions++;
        return IntegerSums.Of(model, region, numbers, batch, name => (Counted(Of(name), _integers.PointOf(name)!.Value), _integers.PointOf(name)!.Value));
    }

    /// <summary>A value in double, computed from those that are given.</summary>
    private double[] Of(string name)
    {
        if (!given.TryGetValue(name, out double[]? values))
        {
            Node node = model.Graph[name];
            values = given[name] = new double[batch * model.Graph.ShapeOf(name).Count];
            ReferenceOps.Run(new ReferenceCall<double>(model.Graph, node, batch, Of, role => ReferenceExecutor.Numbers<double>(_parameters[role].Effective)), values);
        }

        return values;
    }

    private static int[] Counted(double[] values, QuantizationPoint point) => Array.ConvertAll(values, value => (int)Math.Round(value / point.Scale));
}
