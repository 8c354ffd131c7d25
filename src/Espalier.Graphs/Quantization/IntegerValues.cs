namespace Espalier.Graphs;

/// <summary>Which values of a network are in integers of 8 bits, and what each rounding computes them from.</summary>
/// <remarks>
/// A value is in integers if a <see cref="Quantize"/> node rounds it, or if an op that only moves values reads one; a concat if its inputs have one scale and zero point.
/// The rules do not depend on a runtime: each gives the same bits in all regions.
/// </remarks>
internal sealed class IntegerValues
{
    private readonly Dictionary<string, QuantizationPoint> _points = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IntegerRegion> _regions = new(StringComparer.Ordinal);

    /// <summary>Analyses a network.</summary>
    /// <exception cref="Espalier.Tensors.EspalierException">A scale is not positive and finite, or a zero point no integer from 0 to 255.</exception>
    internal IntegerValues(Model model)
    {
        foreach (Node node in model.Graph.Nodes)
        {
            if (node.Op is Quantize)
            {
                _points.Add(node.Name, QuantizationPoint.Of(model, node));
                if (IntegerRegion.Of(model.Graph, node, _points.ContainsKey) is { } region)
                {
                    _regions.Add(node.Name, region);
                }
            }
            else if (IntegerOps.Moves(node.Op) || node.Op is Concat)
            {
                QuantizationPoint?[] points = [.. node.Inputs.Select(PointOf).Distinct()];
                if (points is [QuantizationPoint point])
                {
                    _points.Add(node.Name, point);
                }
            }
        }
    }

    /// <summary>The scale and zero point of a value in integers; <see langword="null"/> for others.</summary>
    internal QuantizationPoint? PointOf(string name) => _points.TryGetValue(name, out QuantizationPoint point) ? point : null;

    /// <summary>The names of the nodes that are computed in floating point: those that an output, a rounding in floating point or another such node reads.</summary>
    internal IReadOnlySet<string> InFloatingPoint(Graph graph)
    {
        HashSet<string> needed = [.. graph.Outputs.Where(name => PointOf(name) is null)];
        foreach (Node node in graph.Nodes.Reverse())
        {
            bool reads = node.Op is Quantize ? RegionOf(node) is null : needed.Contains(node.Name);
            needed.UnionWith(reads ? node.Inputs.Where(name => PointOf(name) is null) : []);
        }

        return needed;
    }

    /// <summary>The region that a <see cref="Quantize"/> node ends; <see langword="null"/> where it rounds a value in floating point.</summary>
    internal IntegerRegion? RegionOf(Node point) => _regions.GetValueOrDefault(point.Name);
}
