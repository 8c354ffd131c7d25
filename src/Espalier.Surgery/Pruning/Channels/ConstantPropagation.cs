using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Computes the constant outputs of channels with zero filters: the bias of their layer, propagated through norms and activations. NaN means that the output is not constant.</summary>
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

    /// <summary>The removed channels of a node's output: the index of the channel, its unit and its constant.</summary>
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

    private double[] Of(Node node) => node.Op.Type switch
    {
        OpType.Conv2d => BiasOr0(node, ((Conv2d)node.Op).Bias),
        OpType.Linear => BiasOr0(node, ((Linear)node.Op).Bias),
        OpType.BatchNorm or OpType.Affine => node.Op is BatchNorm { RunningStatistics: false } ? Unknown(node) : Normed(node),
        OpType.GroupNorm => GroupNormed(node, (GroupNorm)node.Op),
        OpType.Quantize => Each(node, QuantizationOf(node)),
        OpType.Activation => Each(node, ((ActivationOp)node.Op).Activation.Of),
        OpType.Pad => ((Pad)node.Op).Mode.IsRepeated() ? Input(node) : Bordered(node, (Pad)node.Op),
        OpType.PRelu => Rectified(node),
        OpType.RadixSoftmax => AcrossGroups(node, (RadixSoftmax)node.Op),
        OpType.AveragePool => Averaged(node, (AveragePool)node.Op),
        OpType.MaxPool or OpType.AdaptiveAveragePool or OpType.AdaptiveMaxPool or OpType.BlurPool or OpType.Dropout => Input(node),
        OpType.Add => Joined(node, (left, right) => left + right),
        OpType.Multiply => Joined(node, (left, right) => left * right),
        OpType.StochasticDepth => WeightedSum(node, (StochasticDepth)node.Op),
        OpType.Concat => [.. node.Inputs.SelectMany(input => _constants[input])],
        OpType.ChannelSlice => Input(node).AsSpan(((ChannelSlice)node.Op).Start, ((ChannelSlice)node.Op).Count).ToArray(),
        OpType.ChannelShuffle => Shuffled(node, (ChannelShuffle)node.Op),
        OpType.PadChannels => [.. new double[((PadChannels)node.Op).Before], .. Input(node), .. new double[((PadChannels)node.Op).After]],
        OpType.Flatten => Flattened(node),
        OpType.Input or OpType.Softmax or OpType.LayerNorm or OpType.LocalResponseNorm or OpType.ChannelConv1d => Unknown(node), // the channels of these ops are never removed
    };

    private double[] BiasOr0(Node node, bool hasBias) => hasBias ? Doubles.Of(_model.Value(node, "bias")) : new double[_results[node.Name].Count];

    private double[] Averaged(Node node, AveragePool op) =>
        op.CountIncludePad && !op.Padding.IsNone ? Each(node, value => value == 0 ? 0 : double.NaN) : Input(node);

    private Func<double, double> QuantizationOf(Node node)
    {
        QuantizationPoint point = QuantizationPoint.Of(_model, node);
        return value => (double)point.Round((float)value) * point.Scale;
    }

    private double[] WeightedSum(Node node, StochasticDepth op) =>
        Joined(node, (left, right) => (left * op.InferenceFactors.Shortcut) + (right * op.InferenceFactors.Branch));

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
        ChannelAffine affine = ChannelAffine.Of(_model, node);
        return [.. Input(node).Select((value, i) => (affine.Scale[i] * value) + affine.Shift[i])];
    }

    /// <summary>The outputs of a group norm. Groups are removed as a whole, so the mean and variance are computed from the constants.</summary>
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

    private double[] Rectified(Node node)
    {
        double[] slopes = Doubles.Of(_model.Value(node, "weight"));
        return [.. Input(node).Select((value, i) => value > 0 ? value : value * slopes[i % slopes.Length])];
    }

    private double[] AcrossGroups(Node node, RadixSoftmax op)
    {
        double[] from = Input(node);
        int each = from.Length / op.Radix;
        return [.. Enumerable.Range(0, from.Length).Select(i => 1 / Enumerable.Range(0, op.Radix).Sum(group => Math.Exp(from[(group * each) + (i % each)] - from[i])))];
    }

    private double[] Bordered(Node node, Pad op)
    {
        double[] border = op.Mode == PaddingMode.Zero ? new double[op.Channels] : Doubles.Of(_model.Value(node, "value"));
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

    private double[] Unknown(Node node)
    {
        double[] values = new double[_results[node.Name].Count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
