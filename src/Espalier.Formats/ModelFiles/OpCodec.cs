using System.Collections.Frozen;
using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>The table from ops to what the model file calls them and their attributes.</summary>
internal static class OpCodec
{
    private static readonly FrozenDictionary<string, (Op Sample, Func<Op, IOpAttributes, Op> Pass)> Table = ((IEnumerable<(Op Sample, Func<Op, IOpAttributes, Op> Pass)>)
    [
        Entry(new Input([1]), (op, a) => new Input(a.Shape("shape", op.Shape))),
        Entry(new Conv2d(1, 1, 1), Convolution),
        Entry(new Linear(1, 1), (op, a) => new Linear(a.Integer("in_features", op.InFeatures), a.Integer("out_features", op.OutFeatures), a.Flag("bias", op.Bias))),
        Entry(new BatchNorm(1), (op, a) => new BatchNorm(a.Integer("channels", op.Channels), a.Number("epsilon", op.Epsilon), a.Number("momentum", op.Momentum))),
        Entry(new GroupNorm(1, 1), (op, a) => new GroupNorm(a.Integer("groups", op.Groups), a.Integer("channels", op.Channels), a.Number("epsilon", op.Epsilon))),
        .. Enum.GetValues<ActivationKind>().Where(kind => kind != ActivationKind.Identity).Select(kind => Entry(ActivationOp.Of(new Activation(kind)), Function)),
        Entry(new Softmax()),
        Entry(new Add()),
        Entry(new Multiply()),
        Entry(new Concat()),
        Entry(new Flatten()),
        Entry(new Dropout(), (op, a) => new Dropout(a.Number("probability", op.Probability))),
        Entry(new ChannelSlice(0, 1), (op, a) => new ChannelSlice(a.Integer("start", op.Start), a.Integer("count", op.Count))),
        Entry(new ChannelShuffle(1), (op, a) => new ChannelShuffle(a.Integer("groups", op.Groups))),
        Entry(new PadChannels(0, 0), (op, a) => new PadChannels(a.Integer("before", op.Before), a.Integer("after", op.After))),
        Entry(new Pad(1, 0), (op, a) => new Pad(a.Integer("channels", op.Channels), a.Padding("padding", op.Padding))),
        Entry(new MaxPool(1), MaximumPool),
        Entry(new AveragePool(1), MeanPool),
        Entry(new AdaptiveAveragePool(1), (op, a) => new AdaptiveAveragePool(a.Size("output", op.Output))),
        Entry(new StochasticDepth(1), Depth),
    ]).ToFrozenDictionary(e => e.Sample.Kind);

    /// <summary>Hands an op's attributes to <paramref name="attributes"/>.</summary>
    /// <exception cref="NotSupportedException">The op is not in the table.</exception>
    public static void Write(Op op, IOpAttributes attributes)
    {
        if (!Table.TryGetValue(op.Kind, out (Op Sample, Func<Op, IOpAttributes, Op> Pass) entry))
        {
            throw new NotSupportedException($"The model file has no form for the op '{op.Kind}'.");
        }

        entry.Pass(op, attributes);
    }

    /// <summary>Makes the op of that kind from what <paramref name="attributes"/> gives; <see langword="null"/> if there is no such kind.</summary>
    public static Op? Read(string kind, IOpAttributes attributes) =>
        Table.TryGetValue(kind, out (Op Sample, Func<Op, IOpAttributes, Op> Pass) entry) ? entry.Pass(entry.Sample, attributes) : null;

    private static ActivationOp Function(ActivationOp op, IOpAttributes a) =>
        op.Activation.HasSlope ? ActivationOp.Of(op.Activation with { Slope = a.Number("slope", op.Activation.Slope) }) : op;

    private static Conv2d Convolution(Conv2d op, IOpAttributes a) =>
        new(a.Integer("in_channels", op.InChannels), a.Integer("out_channels", op.OutChannels), a.Size("kernel", op.Kernel))
        {
            Stride = a.Size("stride", op.Stride),
            Padding = a.Padding("padding", op.Padding),
            Dilation = a.Size("dilation", op.Dilation),
            Groups = a.Integer("groups", op.Groups),
            Bias = a.Flag("bias", op.Bias),
        };

    private static MaxPool MaximumPool(MaxPool op, IOpAttributes a) => new(a.Size("kernel", op.Kernel))
    {
        Stride = a.Size("stride", op.Stride),
        Padding = a.Padding("padding", op.Padding),
        Dilation = a.Size("dilation", op.Dilation),
        CeilMode = a.Flag("ceil_mode", op.CeilMode),
    };

    private static AveragePool MeanPool(AveragePool op, IOpAttributes a) => new(a.Size("kernel", op.Kernel))
    {
        Stride = a.Size("stride", op.Stride),
        Padding = a.Padding("padding", op.Padding),
        CountIncludePad = a.Flag("count_include_pad", op.CountIncludePad),
        CeilMode = a.Flag("ceil_mode", op.CeilMode),
    };

    private static StochasticDepth Depth(StochasticDepth op, IOpAttributes a) => new(a.Number("survival_probability", op.SurvivalProbability))
    {
        Form = a.Choice("form", op.Form),
        Mode = a.Choice("mode", op.Mode),
        Scaling = a.Choice("scaling", op.Scaling),
    };

    private static (Op Sample, Func<Op, IOpAttributes, Op> Pass) Entry<T>(T sample, Func<T, IOpAttributes, T> pass) where T : Op =>
        (sample, (op, attributes) => pass((T)op, attributes));

    private static (Op Sample, Func<Op, IOpAttributes, Op> Pass) Entry(Op withoutAttributes) => (withoutAttributes, (op, _) => op);
}
