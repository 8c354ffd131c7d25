using Espalier.Graphs;

namespace Espalier.Inference;

/// <summary>A layer whose rounded result only a sum reads, in whose step it is computed.</summary>
/// <param name="Region">From the layer to its own rounding.</param>
/// <param name="Point">Scale and zero point of that.</param>
internal sealed record RoundedLayer(IntegerRegion Region, QuantizationPoint Point);

/// <summary>The layers of a network that are rounded before a sum takes them in and that are computed in its step.</summary>
/// <remarks>The step is where the sum is, so that both operands are ready. Of two such operands the later is computed in it: less memory is in use between its inputs and the sum.</remarks>
internal sealed class RoundedLayers
{
    private readonly Dictionary<string, RoundedLayer> _ofSums = new(StringComparer.Ordinal);
    private readonly HashSet<string> _points = new(StringComparer.Ordinal);

    /// <summary>Finds them.</summary>
    internal RoundedLayers(Graph graph, IntegerValues integers)
    {
        Dictionary<string, int> order = graph.Nodes.Select((node, index) => (node.Name, index)).ToDictionary(StringComparer.Ordinal);
        foreach (Node sum in graph.Nodes)
        {
            // The sum and what its activation makes of it are in no memory: neither another rounding nor an op in floating point may read them.
            if (integers.RegionOf(sum) is { Layer: null, IsValue: false, Body: { Op: Add } body } && graph.HasSingleUse(body.Name) && graph.HasSingleUse(sum.Inputs[0])
                && body.Inputs.Where(name => IsTakenIn(graph, integers, name, body)).MaxBy(name => order[name]) is string point)
            {
                _ofSums.Add(sum.Name, new RoundedLayer(integers.RegionOf(graph[point])!, integers.PointOf(point)!.Value));
                _points.Add(point);
            }
        }
    }

    /// <summary>The layer that is computed with the sum that a node rounds; <see langword="null"/> if there is none.</summary>
    internal RoundedLayer? Of(Node sum) => _ofSums.GetValueOrDefault(sum.Name);

    /// <summary>Whether a value is only a number on the way to a sum, without a step and memory of its own.</summary>
    internal bool Contains(Node point) => _points.Contains(point.Name);

    private static bool IsTakenIn(Graph graph, IntegerValues integers, string point, Node sum) =>
        integers.RegionOf(graph[point]) is { Layer: { } layer } region && layer == region.Body && sum.Inputs.Count(name => name == point) == 1 && graph.HasSingleUse(point);
}
