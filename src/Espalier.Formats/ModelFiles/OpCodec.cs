using Espalier.Graphs;

namespace Espalier.Formats;

/// <summary>The table of the names that the model file gives to ops and their attributes.</summary>
internal static class OpCodec
{
    // What reading begins with: attributes are replaced by those of the file.
    private static readonly Dictionary<string, Op> Samples = Enum.GetValues<OpType>().SelectMany(SamplesOf).ToDictionary(op => op.Kind, StringComparer.Ordinal);

    /// <summary>Passes an op's attributes to <paramref name="attributes"/>.</summary>
    public static void Write(Op op, IOpAttributes attributes) => Pass(op, attributes);

    /// <summary>Creates the op of the given kind from <paramref name="attributes"/>; <see langword="null"/> if the kind is unknown.</summary>
    public static Op? Read(string kind, IOpAttributes attributes) => Samples.TryGetValue(kind, out Op? sample) ? Pass(sample, attributes) : null;

    private static Op Pass(Op op, IOpAttributes a) => op.Type switch
    {
        OpType.Input => new Input(a.Shape("shape", ((Input)op).Shape)),
        OpType.Conv2d => Convolution((Conv2d)op, a),
        OpType.ChannelConv1d => new ChannelConv1d(a.Integer("kernel", ((ChannelConv1d)op).Kernel)),
        OpType.Linear => FullyConnected((Linear)op, a),
        OpType.BatchNorm => BatchNormalization((BatchNorm)op, a),
        OpType.GroupNorm => GroupNormalization((GroupNorm)op, a),
        OpType.LayerNorm => new LayerNorm(a.Integer("channels", ((LayerNorm)op).Channels), a.Number("epsilon", ((LayerNorm)op).Epsilon)),
        OpType.LocalResponseNorm => ResponseNormalization((LocalResponseNorm)op, a),
        OpType.Affine => new Affine(a.Integer("channels", ((Affine)op).Channels), a.Flag("bias", ((Affine)op).Bias)),
        OpType.Activation => Function((ActivationOp)op, a),
        OpType.PRelu => new PRelu(a.Integer("slopes", ((PRelu)op).Slopes)),
        OpType.Dropout => new Dropout(a.Number("probability", ((Dropout)op).Probability)),
        OpType.ChannelSlice => Slice((ChannelSlice)op, a),
        OpType.ChannelShuffle => new ChannelShuffle(a.Integer("groups", ((ChannelShuffle)op).Groups)),
        OpType.PadChannels => ZeroChannels((PadChannels)op, a),
        OpType.Pad => Border((Pad)op, a),
        OpType.MaxPool => MaximumPool((MaxPool)op, a),
        OpType.AveragePool => MeanPool((AveragePool)op, a),
        OpType.AdaptiveAveragePool => new AdaptiveAveragePool(a.Size("output", ((AdaptiveAveragePool)op).Output)),
        OpType.AdaptiveMaxPool => new AdaptiveMaxPool(a.Size("output", ((AdaptiveMaxPool)op).Output)),
        OpType.RadixSoftmax => new RadixSoftmax(a.Integer("radix", ((RadixSoftmax)op).Radix)),
        OpType.StochasticDepth => Depth((StochasticDepth)op, a),
        OpType.Softmax or OpType.Add or OpType.Multiply or OpType.Concat or OpType.Flatten or OpType.BlurPool or OpType.Quantize => op, // have no attributes
    };

    private static Op[] SamplesOf(OpType type) => type switch
    {
        OpType.Input => [new Input([1])],
        OpType.Conv2d => [new Conv2d(1, 1, 1)],
        OpType.ChannelConv1d => [new ChannelConv1d(1)],
        OpType.Linear => [new Linear(1, 1)],
        OpType.BatchNorm => [new BatchNorm(1)],
        OpType.GroupNorm => [new GroupNorm(1, 1)],
        OpType.LayerNorm => [new LayerNorm(1)],
        OpType.LocalResponseNorm => [new LocalResponseNorm(1)],
        OpType.Affine => [new Affine(1)],
        OpType.Activation => [.. Enum.GetValues<ActivationKind>().Where(kind => kind != ActivationKind.Identity).Select(kind => ActivationOp.Of(new Activation(kind)))],
        OpType.Quantize => [new Quantize()],
        OpType.PRelu => [new PRelu(1)],
        OpType.Softmax => [new Softmax()],
        OpType.RadixSoftmax => [new RadixSoftmax(1)],
        OpType.Add => [new Add()],
        OpType.Multiply => [new Multiply()],
        OpType.Concat => [new Concat()],
        OpType.Flatten => [new Flatten()],
        OpType.Dropout => [new Dropout()],
        OpType.ChannelSlice => [new ChannelSlice(0, 1)],
        OpType.ChannelShuffle => [new ChannelShuffle(1)],
        OpType.PadChannels => [new PadChannels(0, 0)],
        OpType.Pad => [new Pad(1, 0)],
        OpType.MaxPool => [new MaxPool(1)],
        OpType.AveragePool => [new AveragePool(1)],
        OpType.AdaptiveAveragePool => [new AdaptiveAveragePool(1)],
        OpType.AdaptiveMaxPool => [new AdaptiveMaxPool(1)],
        OpType.BlurPool => [new BlurPool()],
        OpType.StochasticDepth => [new StochasticDepth(1)],
    };

    private static Linear FullyConnected(Linear op, IOpAttributes a) =>
        new(a.Integer("in_features", op.InFeatures), a.Integer("out_features", op.OutFeatures), a.Flag("bias", op.Bias)) { QuantizedWeights = a.OptionalFlag("quantized_weights", op.QuantizedWeights, false) };

    private static BatchNorm BatchNormalization(BatchNorm op, IOpAttributes a) =>
        new(a.Integer("channels", op.Channels), a.Number("epsilon", op.Epsilon), a.Number("momentum", op.Momentum))
        {
            Affine = a.OptionalFlag("affine", op.Affine, true),
            RunningStatistics = a.OptionalFlag("running_statistics", op.RunningStatistics, true),
        };

    private static GroupNorm GroupNormalization(GroupNorm op, IOpAttributes a) =>
        new(a.Integer("groups", op.Groups), a.Integer("channels", op.Channels), a.Number("epsilon", op.Epsilon));

    private static LocalResponseNorm ResponseNormalization(LocalResponseNorm op, IOpAttributes a) =>
        new(a.Integer("size", op.Size), a.Number("alpha", op.Alpha), a.Number("beta", op.Beta), a.Number("k", op.K));

    private static ChannelSlice Slice(ChannelSlice op, IOpAttributes a) => new(a.Integer("start", op.Start), a.Integer("count", op.Count));

    private static PadChannels ZeroChannels(PadChannels op, IOpAttributes a) => new(a.Integer("before", op.Before), a.Integer("after", op.After));

    private static Pad Border(Pad op, IOpAttributes a) =>
        new(a.Integer("channels", op.Channels), a.Padding("padding", op.Padding)) { Mode = a.Choice("mode", op.Mode, absent: PaddingMode.Constant) };

    private static ActivationOp Function(ActivationOp op, IOpAttributes a) => op.Activation.Kind switch
    {
        ActivationKind.LeakyRelu => new LeakyRelu(a.Number("slope", op.Activation.Slope)),
        ActivationKind.Elu => new Elu(a.Number("alpha", op.Activation.Slope)),
        ActivationKind.HardTanh => new HardTanh(a.Number("minimum", op.Activation.Minimum), a.Number("maximum", op.Activation.Maximum)),
        ActivationKind.Identity or ActivationKind.Relu or ActivationKind.Relu6 or ActivationKind.Silu or ActivationKind.HardSwish or ActivationKind.Sigmoid or ActivationKind.Gelu
            or ActivationKind.HardSigmoid or ActivationKind.Selu or ActivationKind.Tanh or ActivationKind.Mish or ActivationKind.GeluTanh => op,
    };

    private static Conv2d Convolution(Conv2d op, IOpAttributes a) =>
        new(a.Integer("in_channels", op.InChannels), a.Integer("out_channels", op.OutChannels), a.Size("kernel", op.Kernel))
        {
            Stride = a.Size("stride", op.Stride),
            Padding = a.Padding("padding", op.Padding),
            Dilation = a.Size("dilation", op.Dilation),
            Groups = a.Integer("groups", op.Groups),
            Bias = a.Flag("bias", op.Bias),
            StandardizationEpsilon = a.OptionalNumber("standardization_epsilon", op.StandardizationEpsilon),
            QuantizedWeights = a.OptionalFlag("quantized_weights", op.QuantizedWeights, false),
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
}
