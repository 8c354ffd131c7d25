using Espalier.Graphs;
using Espalier.Tensors;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>A norm, or the scaling and shifting of channels alone.</summary>
internal abstract class NormOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private ArrayView<float> _sums; // both gradients of each channel

    internal override bool HasEpilogue => true;

    /// <summary>Adds the gradients of weight and bias, where they are needed.</summary>
    protected void ParameterGradients(BackwardCall call, Statistics statistics)
    {
        if (call.ParameterGradient("weight").Length > 0 || call.ParameterGradient("bias").Length > 0)
        {
            AddParameterGradients(call, ChannelSums(call, statistics));
        }
    }

    /// <summary>The sums over each channel of the output's gradient, then of that times the normalized input.</summary>
    protected ArrayView<float> ChannelSums(BackwardCall call, Statistics statistics)
    {
        FeatureMap shape = OutputShape;
        _sums = _sums.Length > 0 ? _sums : Allocate(2 * shape.Channels);
        SetSums.Run(Device, new NormTerms(call.Gradient, call.Forward.Inputs[0], statistics, default, shape), Sets.Channels(call.Samples, shape), 1, new GradientTarget(_sums, adds: false));
        return _sums;
    }

    /// <summary>Adds the gradients of weight and bias that the sums over channels are.</summary>
    protected void AddParameterGradients(BackwardCall call, ArrayView<float> sums)
    {
        int channels = OutputShape.Channels;
        foreach ((int i, string role) in (ReadOnlySpan<(int, string)>)[(0, "bias"), (1, "weight")])
        {
            if (call.ParameterGradient(role) is { Length: > 0 } target)
            {
                Elementwise.Pass(Device, sums.SubView(i * channels, channels), 1, new GradientTarget(target, adds: true));
            }
        }
    }

    /// <summary>The gradient of the input.</summary>
    /// <param name="call">The call.</param>
    /// <param name="statistics">The statistics.</param>
    /// <param name="sums">See <see cref="Normalization.InputGradient"/>.</param>
    /// <param name="areWeighted">See <see cref="Normalization.InputGradient"/>.</param>
    protected void InputGradient(BackwardCall call, Statistics statistics, ArrayView<float> sums, bool areWeighted)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            Normalization.InputGradient(Device, Weighted(call, statistics), sums, areWeighted, target);
        }
    }

    /// <summary>What is added up for the gradient of the input.</summary>
    protected NormTerms Weighted(BackwardCall call, Statistics statistics) => new(call.Gradient, call.Forward.Inputs[0], statistics, call.Forward.Parameter("weight"), OutputShape);
}

/// <summary>A batch norm with its running statistics, or the scaling and shifting of channels.</summary>
internal sealed class ChannelNormOp(Device device, Graph graph, Node node) : NormOp(device, graph, node)
{
    private readonly float _epsilon = (float)((node.Op as BatchNorm)?.Epsilon ?? 0);

    internal override void Forward(ForwardCall call) => Normalization.Run(Device, call, OutputShape, StatisticsOf(call));

    internal override void Backward(BackwardCall call)
    {
        Statistics statistics = StatisticsOf(call.Forward);
        InputGradient(call, statistics, default, areWeighted: false);
        ParameterGradients(call, statistics);
    }

    private Statistics StatisticsOf(ForwardCall call) => new(call.Parameter("running_mean"), call.Parameter("running_var"), Sets.Channels(call.Samples, OutputShape), _epsilon);
}

/// <summary>Group norm and layer norm: statistics of each sample.</summary>
internal sealed class SampleNormOp(Device device, Graph graph, Node node) : NormOp(device, graph, node)
{
    private readonly float _epsilon = (float)(node.Op is GroupNorm group ? group.Epsilon : ((LayerNorm)node.Op).Epsilon);
    private ArrayView<float> _moments; // of the last forward pass
    private ArrayView<float> _sums;

    internal override void Forward(ForwardCall call)
    {
        Statistics statistics = StatisticsOf(call.Samples);
        Normalization.Moments(Device, call.Inputs[0], statistics);
        Normalization.Run(Device, call, OutputShape, statistics);
    }

    internal override void Backward(BackwardCall call)
    {
        Statistics statistics = StatisticsOf(call.Samples);
        if (call.InputGradients[0].IsNeeded)
        {
            ArrayView<float> sums = Memory(ref _sums, statistics.Sets.Count);
            SetSums.Run(Device, Weighted(call, statistics), statistics.Sets, 1, new GradientTarget(sums, adds: false));
            InputGradient(call, statistics, sums, areWeighted: true);
        }

        ParameterGradients(call, statistics);
    }

    private Statistics StatisticsOf(int samples)
    {
        FeatureMap shape = OutputShape;
        Sets sets = Node.Op is GroupNorm group ? Sets.Blocks(samples * group.Groups, shape.Length / group.Groups) : Sets.Across(samples, shape.Length, shape.Channels);
        ArrayView<float> moments = Memory(ref _moments, sets.Count);
        return new Statistics(moments.SubView(0, sets.Count), moments.SubView(sets.Count, sets.Count), sets, _epsilon);
    }

    // Two numbers of each set; at least doubled when it grows, because the old memory is freed with the op.
    private ArrayView<float> Memory(ref ArrayView<float> memory, int sets)
    {
        memory = memory.Length >= 2L * sets ? memory : Allocate(Math.Max(2L * sets, 2 * memory.Length));
        return memory.SubView(0, 2L * sets);
    }
}
