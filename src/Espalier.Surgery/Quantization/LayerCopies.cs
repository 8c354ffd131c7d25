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
    internal IReadOnlyList<ChannelDifferences> Measure(IReadOnlyList<Tensor> samples, IRuntime runtime)
    {
        var graph = new Graph(model.Graph.Nodes.AddRange(_nodes), [.. model.Graph.Outputs.Concat(_nodes.Where(node => node.Op is not Quantize || _pairs.Any(pair => pair.Copy == node.Name)).Select(node => node.Name)).Distinct()]);
        var all = new Model(graph, model.Parameters.With(_parameters), model.Metadata);
        string[] values = [.. _pairs.SelectMany(pair => new[] { pair.Original, pair.Copy }).Distinct()];
        using var run = new SampleRun(all, values, runtime);
        Dictionary<string, int> places = run.Values.Index().ToDictionary(value => value.Item, value => value.Index, StringComparer.Ordinal);
        ChannelDifferences[] differences = [.. _pairs.Select(pair => new ChannelDifferences(model.Graph.ShapeOf(pair.Original)[0]))];
        foreach (IReadOnlyList<Tensor> results in run.Over(samples))
        {
            Parallel.For(0, _pairs.Count, i => differences[i].Add(results[places[_pairs[i].Original]], results[places[_pairs[i].Copy]]));
        }

        return differences;
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

/// <summary>Sums over the values of each channel and its copy.</summary>
internal sealed class ChannelDifferences(int channels)
{
    private readonly double[] _signal = new double[channels], _squared = new double[channels], _sum = new double[channels];
    private long _count;

    /// <summary>Σx² of all channels.</summary>
    internal double Signal => _signal.Sum();

    /// <summary>Σ(x − x̂)² of all channels.</summary>
    internal double Squared => _squared.Sum();

    /// <summary>Σ(x − x̂)² of all channels, divided by Σx²; 0 without any difference.</summary>
    internal double Relative => Squared == 0 ? 0 : Squared / Signal;

    /// <summary>Σ(x − x̂)² of a channel.</summary>
    internal double SquaredOf(int channel) => _squared[channel];

    /// <summary>Σ(x − x̂)² of a channel after the mean of the differences is subtracted from each.</summary>
    internal double VariationOf(int channel) => _squared[channel] - (_sum[channel] * _sum[channel] / _count);

    /// <summary>The mean of x − x̂ of a channel.</summary>
    internal double MeanOf(int channel) => _sum[channel] / _count;

    /// <summary>Adds batches: float32, [batch, channels, …].</summary>
    internal void Add(Tensor original, Tensor copy)
    {
        ReadOnlySpan<float> x = original.Read<float>(), y = copy.Read<float>();
        int plane = x.Length / original.Shape[0] / channels;
        for (int first = 0, channel = 0; first < x.Length; first += plane, channel = (channel + 1) % channels)
        {
            double signal = 0, squared = 0, sum = 0;
            for (int i = first; i < first + plane; i++)
            {
                double difference = (double)x[i] - y[i];
                signal += (double)x[i] * x[i];
                squared += difference * difference;
                sum += difference;
            }

            _signal[channel] += signal;
            _squared[channel] += squared;
            _sum[channel] += sum;
        }

        _count += (long)original.Shape[0] * plane;
    }
}
