using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Which layers of a network get quantized weights, and which values are rounded.</summary>
internal sealed class QuantizationPlacement
{
    private readonly Graph _graph;
    private readonly bool _takesLayersIn;
    private readonly HashSet<string> _kept; // names of the nodes that stay in floating point
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal); // for each value in integers, the rounded value that has its scale
    private readonly Dictionary<string, string> _shares = new(StringComparer.Ordinal); // for a rounded value, another one before it that has the same scale
    private readonly HashSet<string> _inside = new(StringComparer.Ordinal); // values inside a region, which are not rounded

    private QuantizationPlacement(Graph graph, QuantizationOptions options)
    {
        (_graph, _takesLayersIn) = (graph, !options.RoundSums);
        _kept = [.. graph.Nodes.Select(node => node.Name).Where(name => options.KeepFloat.Any(pattern => ScopePattern.Matches(pattern, name)))];
        Layers = [.. graph.Nodes.Where(IsLayer)];
        foreach (Node node in graph.Nodes)
        {
            Enclose(node);
        }

        foreach (Node node in graph.Nodes)
        {
            Place(node);
        }
    }

    /// <summary>The layers whose weights are quantized.</summary>
    internal IReadOnlyList<Node> Layers { get; }

    /// <summary>The nodes whose results are rounded.</summary>
    internal IReadOnlyList<string> Points => [.. _graph.Nodes.Select(node => node.Name).Where(name => _sources.GetValueOrDefault(name) == name)];

    internal static QuantizationPlacement Of(Graph graph, QuantizationOptions options) => new(graph, options);

    /// <summary>The rounded value whose scale and zero point a value has that a layer reads.</summary>
    internal string Source(string value) => _sources[value];

    /// <summary>The first of the rounded values that share one scale and zero point because concats join them: they are not rounded again there.</summary>
    internal string Shared(string point)
    {
        while (_shares.TryGetValue(point, out string? before))
        {
            point = before;
        }

        return point;
    }

    /// <summary>The ranges of the rounded values, each with all that share its scale.</summary>
    internal Dictionary<string, ObservedRange> Unite(IReadOnlyDictionary<string, ObservedRange> ranges)
    {
        var united = ranges.ToDictionary(StringComparer.Ordinal);
        foreach (string[] shared in Points.Where(ranges.ContainsKey).GroupBy(Shared, StringComparer.Ordinal).Select(points => points.ToArray()).Where(points => points.Length > 1))
        {
            var range = new ValueRange(shared.Min(name => ranges[name].Range.Least), shared.Max(name => ranges[name].Range.Greatest));
            foreach (string name in shared)
            {
                united[name] = ranges[name] with { Range = range };
            }
        }

        return united;
    }

    private bool IsLayer(Node node) => node.Op is Conv2d or Linear && !_kept.Contains(node.Name);

    // An activation is computed in integers where its argument is one, but is no reason to round it.
    private bool IsComputed(Node node) => IntegerOps.IsComputed(node) && node.Op is not ActivationOp && !_kept.Contains(node.Name);

    // A layer is taken in by the sum that alone reads it, of two layers the later one; a layer or another op by the limiting activation that alone reads it.
    private void Enclose(Node node)
    {
        if (_takesLayersIn && node.Op is Add && IsComputed(node) && node.Inputs.Where(name => IsLayer(_graph[name]) && _graph.HasSingleUse(name)).MaxBy(PlaceOf) is string layer)
        {
            _inside.Add(layer);
        }

        if (node.Op is ActivationOp { Activation.Limits: not null } && !_kept.Contains(node.Name) && _graph.HasSingleUse(node.Inputs[0])
            && _graph[node.Inputs[0]] is Node { Op: not Concat } body && (IsLayer(body) || IsComputed(body)) && !_inside.Contains(body.Name))
        {
            _inside.Add(body.Name);
        }
    }

    private int PlaceOf(string name) => _graph.Nodes.IndexOf(_graph[name]);

    private void Place(Node node)
    {
        string name = node.Name;
        if (_inside.Contains(name))
        {
            return;
        }

        if (IntegerOps.Moves(node.Op) && _sources.TryGetValue(node.Inputs[0], out string? source))
        {
            _sources.Add(name, source);
            return;
        }

        if (node.Op is Concat && IsComputed(node) && node.Inputs.All(_sources.ContainsKey))
        {
            _sources.Add(name, Tie([.. node.Inputs.Select(input => _sources[input])]));
            return;
        }

        bool ends = IsLayer(node) || IsComputed(node) || (node.Op is ActivationOp && _inside.Contains(node.Inputs[0]));
        if (ends || _graph.UsersOf(name).Any(Needs))
        {
            _sources.Add(name, name);
        }
    }

    // Gives rounded values one scale; returns one of them.
    private string Tie(string[] points)
    {
        string first = points.Select(Shared).MinBy(PlaceOf)!;
        foreach (string other in points.Select(Shared).Where(other => other != first))
        {
            _shares[other] = first;
        }

        return points[0];
    }

    /// <summary>Whether a node reads integers.</summary>
    private bool Needs(Node reader) =>
        IsLayer(reader) || IsComputed(reader) || (IntegerOps.Moves(reader.Op) && _graph.UsersOf(reader.Name).Any(Needs));
}
