using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>Every op there is, for tests of the form "every op is handled, or refused by name, in every table".</summary>
public static class AllOps
{
    private static readonly Shape Map = [6, 9, 8];
    private static readonly Shape Vector = [12];

    /// <summary>Every concrete op type of Espalier.Graphs, found by reflection.</summary>
    public static IReadOnlyList<Type> Types { get; } =
        [.. typeof(Op).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract).OrderBy(type => type.Name, StringComparer.Ordinal)];

    /// <summary>One op or more of every type, with inputs: a test fails when a type has none.</summary>
    public static IReadOnlyList<OpSample> Samples { get; } =
    [
        new(new Input(Map)),
        new(new Input(Vector)),
        .. Convolutions(),
        .. Norms(),
        .. Activations(),
        .. Joins(),
        .. Channels(),
        .. Pools(),
        .. Vectors(),
        .. Depths(),
    ];

    private static IEnumerable<OpSample> Convolutions() =>
    [
        new(new Conv2d(6, 8, 3), Map),
        new(new Conv2d(6, 8, 1) { Bias = true }, Map),
        new(new Conv2d(6, 4, (3, 5)) { Stride = (2, 1), Padding = (1, 2), Dilation = (1, 2), Groups = 2, Bias = true }, Map),
        new(new Conv2d(6, 6, 3) { Padding = new Padding(0, 1, 2, 1), Groups = 6 }, Map),
        new(new Conv2d(6, 8, 3) { Groups = 2, Bias = true, StandardizationEpsilon = 1e-6 }, Map),
        new(new Conv2d(6, 8, 3) { Groups = 2, Padding = 1, Bias = true, QuantizedWeights = true }, Map),
        new(new ChannelConv1d(3), [6, 1, 1]),
        new(new ChannelConv1d(5), Vector),
    ];

    private static IEnumerable<OpSample> Norms() =>
    [
        new(new BatchNorm(6), Map),
        new(new BatchNorm(12, 1e-3, 0.01), Vector),
        new(new BatchNorm(6) { Affine = false }, Map),
        new(new GroupNorm(3, 6, 1e-6), Map),
        new(new LayerNorm(6, 1e-6), Map),
        new(new LayerNorm(12), Vector),
        new(new LocalResponseNorm(5, 1e-2, 0.75, 2), Map),
        new(new LocalResponseNorm(3, 0.5, 0.6), Map),
        new(new Affine(6, Bias: false), Map),
        new(new Affine(12), Vector),
    ];

    private static IEnumerable<OpSample> Activations()
    {
        Op[] activations =
        [
            new Relu(), new LeakyRelu(0.1), new Relu6(), new Silu(), new HardSwish(), new Sigmoid(), new Gelu(), new HardSigmoid(),
            new HardTanh(-1, 0.5), new Elu(0.7), new Selu(), new Tanh(), new Mish(), new GeluTanh(),
        ];
        return activations.SelectMany(op => new[] { new OpSample(op, Map), new OpSample(op, Vector) }).Concat([new(new PRelu(6), Map), new(new PRelu(1), Map), new(new PRelu(12), Vector)]);
    }

    private static IEnumerable<OpSample> Joins() =>
    [
        new(new Add(), Map, Map),
        new(new Add(), Vector, Vector, Vector),
        new(new Multiply(), Map, Map),
        new(new Multiply(), Map, [6, 1, 1]),
        new(new Concat(), Map, [3, 9, 8], [1, 9, 8]),
        new(new Concat(), Vector, [5]),
    ];

    private static IEnumerable<OpSample> Channels() =>
    [
        new(new ChannelSlice(1, 4), Map),
        new(new ChannelShuffle(3), Map),
        new(new PadChannels(2, 3), Map),
        new(new Pad(6, new Padding(0, 1, 2, 3)), Map),
        new(new Pad(6, new Padding(0, 1, 2, 3)) { Mode = PaddingMode.Reflect }, Map),
        new(new Pad(6, new Padding(9, 0, 2, 11)) { Mode = PaddingMode.Replicate }, Map),
        new(new Pad(6, new Padding(0, 1, 2, 3)) { Mode = PaddingMode.Zero }, Map),
    ];

    private static IEnumerable<OpSample> Pools() =>
    [
        new(new MaxPool(3) { Stride = 2, Padding = 1 }, Map),
        new(new MaxPool((2, 3)) { Stride = (2, 3), Dilation = (2, 1), CeilMode = true }, Map),
        new(new AveragePool(2), Map),
        new(new AveragePool(3) { Stride = 2, Padding = 1, CountIncludePad = false, CeilMode = true }, Map),
        new(new AdaptiveAveragePool(1), Map),
        new(new AdaptiveAveragePool((2, 5)), Map),
        new(new AdaptiveMaxPool(1), Map),
        new(new AdaptiveMaxPool((2, 5)), Map),
        new(new BlurPool(), Map),
        new(new BlurPool(), [3, 2, 7]),
    ];

    private static IEnumerable<OpSample> Vectors() =>
    [
        new(new Flatten(), Map),
        new(new Linear(12, 7), Vector),
        new(new Linear(12, 7, Bias: false), Vector),
        new(new Linear(12, 7) { QuantizedWeights = true }, Vector),
        new(new Quantize(), Map),
        new(new Quantize(), Vector),
        new(new Dropout(0.2), Vector),
        new(new Softmax(), Vector),
        new(new RadixSoftmax(3), Vector),
        new(new RadixSoftmax(2), Map),
    ];

    private static IEnumerable<OpSample> Depths() =>
        from form in Enum.GetValues<StochasticDepthForm>()
        from scaling in Enum.GetValues<StochasticDepthScaling>()
        from mode in Enum.GetValues<StochasticDepthMode>()
        select new OpSample(new StochasticDepth(0.8) { Form = form, Scaling = scaling, Mode = mode }, Map, Map);
}
