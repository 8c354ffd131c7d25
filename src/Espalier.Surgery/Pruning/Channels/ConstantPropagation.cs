using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>What channels without weights compute: the bias of their layer, and what norms and activations make of it. NaN stands for "not one number".</summary>
internal sealed class ConstantPropagation
{
    private readonly Model _model;
    private readonly ChannelGroups _groups;
    private readonly HashSet<int> _removed;
    private readonly Dictionary<string, ChannelSpace> _results;
    private readonly Dictionary<string, double[]> _constants = new(StringComparer.Ordinal);

    internal ConstantPropagation(Model model, ChannelGroups groups, HashSet<int> removed)
    {
        (_model, _groups, _removed) = (model, groups, removed);
        _results = groups.Spaces.Where(space => !space.IsParameter).ToDictionary(space => space.Name, StringComparer.Ordinal);
        foreach (Node node in model.Graph.Nodes)
        {
            _constants.Add(node.Name, Of(node));
        }
    }

    /// <summary>The channels of a node's result that go: their number there, their unit and their constant.</summary>
    internal IEnumerable<(int Channel, int Unit, double Value)> Removed(string node)
    {
        ChannelSpace space = _results[node];
        for (int channel = 0; channel < space.Count; channel++)
        {
            int unit = _groups.UnitOf(space, channel);
            if (_removed.Contains(unit))
            {
                yield return (channel, unit, _constants[node][channel]);
            }
        }
    }

    private double[] Of(Node node) => node.Op switch
    {
        Conv2d { Bias: true } or Linear { Bias: true } => Doubles.Of(_model.Value(node, "bias")),
        Conv2d or Linear => new double[_results[node.Name].Count],
        BatchNorm => Normed(node),
        GroupNorm norm => GroupNormed(node, norm),
        Pad => Bordered(node),
        AveragePool { CountIncludePad: true, Padding.IsNone: false } => Each(node, value => value == 0 ? 0 : double.NaN),
        MaxPool or AveragePool or AdaptiveAveragePool or Dropout => Input(node),
        Add => Joined(node, (left, right) => left + right),
        Multiply => Joined(node, (left, right) => left * right),
        StochasticDepth depth => Joined(node, (left, right) => (left * depth.InferenceFactors.Shortcut) + (right * depth.InferenceFactors.Branch)),
        Concat => [.. node.Inputs.SelectMany(input => _constants[input])],
        ChannelSlice slice => Input(node)[slice.Start..(slice.Start + slice.Count)],
        ChannelShuffle shuffle => Shuffled(node, shuffle),
        PadChannels pad => [.. new double[pad.Before], .. Input(node), .. new double[pad.After]],
        Flatten => Flattened(node),
        ActivationOp op => Each(node, op.Activation.Of),
        _ => Unknown(node),
    };

    private double[] Input(Node node) => _constants[node.Inputs[0]];

    private double[] Each(Node node, Func<double, double> function) => [.. Input(node).Select(function)];

    private double[] Joined(Node node, Func<double, double, double> join)
    {
        double[] result = Input(node);
        foreach (string input in node.Inputs.Skip(1))
        {
            result = [.. result.Zip(_constants[input], join)];
        }

        return result;
    }

    private double[] Normed(Node node)
    {
        ChannelAffine affine = ChannelAffine.OfBatchNorm(_model, node);
        return [.. Input(node).Select((value, i) => (affine.Scale[i] * value) + affine.Shift[i])];
    }

    /// <summary>Groups go as a whole, so mean and variance are those of the constants.</summary>
    private double[] GroupNormed(Node node, GroupNorm op)
    {
        (double[] weight, double[] bias) = (Doubles.Of(_model.Value(node, "weight")), Doubles.Of(_model.Value(node, "bias")));
        double[] result = new double[op.Channels];
        int each = op.Channels / op.Groups;
        for (int i = 0; i < result.Length; i++)
        {
            double[] group = Input(node)[(i / each * each)..((i / each * each) + each)];
            double mean = group.Average();
            double variance = group.Average(value => (value - mean) * (value - mean));
            result[i] = ((Input(node)[i] - mean) / Math.Sqrt(variance + op.Epsilon) * weight[i]) + bias[i];
        }

        return result;
    }

    private double[] Bordered(Node node)
    {
        double[] border = Doubles.Of(_model.Value(node, "value"));
        return [.. Input(node).Select((value, i) => value == border[i] ? value : double.NaN)];
    }

    private double[] Shuffled(Node node, ChannelShuffle op)
    {
        double[] from = Input(node);
        return [.. op.Sources(from.Length).Select(source => from[source])];
    }

    private double[] Flattened(Node node)
    {
        int pixels = _results[node.Name].Count / Input(node).Length;
        return [.. Enumerable.Range(0, _results[node.Name].Count).Select(i => Input(node)[i / pixels])];
    }

    /// <summary>The input, and what keeps its channels anyway.</summary>
    private double[] Unknown(Node node)
    {
        double[] values = new double[_results[node.Name].Count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
