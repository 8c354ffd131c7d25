using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>
/// A network in floating point in which nodes have changed copies beside them: a copy reads what its original reads, possibly rounded, and may have other weights. Running it measures what each change alone does to the
/// result of the node, without the errors of the nodes before.
/// </summary>
internal sealed class LayerCopies(Model model)
{
    private readonly List<Node> _nodes = [];
    private readonly List<KeyValuePair<string, Parameter>> _parameters = [];
    private readonly List<(string Original, string Copy)> _pairs = [];
    private readonly HashSet<string> _names = [.. model.Graph.Nodes.Select(node => node.Name)];

    /// <summary>Adds a rounding of a value; returns the node's name.</summary>
    internal string Round(string value, QuantizationPoint point)
    {
        var node = new Node(Free(value + "_rounded"), new Quantize(), [value]);
        _nodes.Add(node);
        _parameters.Add(new(node.Parameter("scale"), new Parameter(Tensor.From([1], point.Scale))));
        _parameters.Add(new(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [point.ZeroPoint])) { Trainable = false }));
        return node.Name;
    }

    /// <summary>Adds a copy of a node; returns the number under which its difference from the original is found.</summary>
    /// <param name="original">The node.</param>
    /// <param name="replaced">A value that the original reads.</param>
    /// <param name="by">What the copy reads instead.</param>
    /// <param name="weight">The copy's weight; <see langword="null"/> for the original's.</param>
    internal int Copy(Node original, string replaced, string by, Tensor? weight = null)
    {
        Node copy = original with { Name = Free(original.Name + "_copy"), Inputs = [.. original.Inputs.Select(input => input == replaced ? by : input)] };
        if (weight is not null)
        {
            string name = original.Parameter("weight"), own = copy.Name + ".weight";
            copy = copy with { Parameters = [.. copy.Parameters.Select(parameter => parameter == name ? own : parameter)] };
            _parameters.Add(new(own, new Parameter(weight)));
        }

        _nodes.Add(copy);
        return Compare(original.Name, copy.Name);
    }

    /// <summary>Compares a value with another; returns the number under which the difference is found.</summary>
    internal int Compare(string original, string copy)
    {
        _pairs.Add((original, copy));
        return _pairs.Count - 1;
    }

    /// <summary>Runs the samples.</summary>
    /// <returns>For each pair, in the order in which they were added, the differences of each channel.</returns>
    internal IReadOnlyList<ChannelDifferences> Measure(SampleSet samples)
    {
        var graph = new Graph(model.Graph.Nodes.AddRange(_nodes), [.. model.Graph.Outputs.Concat(_nodes.Where(node => node.Op is not Quantize || _pairs.Any(pair => pair.Copy == node.Name)).Select(node => node.Name)).Distinct()]);
        var all = new Model(graph, model.Parameters.With(_parameters), model.Metadata);
        string[] values = [.. _pairs.SelectMany(pair => new[] { pair.Original, pair.Copy }).Distinct()];
        using var run = new SampleRun(all, values, samples);
        Dictionary<string, int> places = run.Values.Index().ToDictionary(value => value.Item, value => value.Index, StringComparer.Ordinal);
        return ChannelDifferences.Measure(samples.Work, run.Count, [.. _pairs.Select(pair => model.Graph.ShapeOf(pair.Original)[0])], piece =>
        {
            IReadOnlyList<Tensor> results = run.Run(piece);
            return i => (results[places[_pairs[i].Original]], results[places[_pairs[i].Copy]]);
        });
    }

    private string Free(string name)
    {
        while (!_names.Add(name))
        {
            name += "_";
        }

        return name;
    }
}
