using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>Ops of every type with random attributes and shapes, for tests that go through all of them.</summary>
public static class RandomOps
{
    /// <summary>An op of a type with inputs that it can read: a function of the seed.</summary>
    public static OpSample Create(Type type, ulong seed)
    {
        var dice = new Dice(seed);
        Shape map = [dice.Between(1, 7), dice.Between(4, 7), dice.Between(4, 7)];
        Shape vector = [dice.Between(2, 9)];
        Shape either = dice.Chance(0.5) ? map : vector;
        return type.Name switch
        {
            nameof(Input) => new(new Input(either)),
            nameof(Conv2d) => Convolution(dice),
            nameof(ChannelConv1d) => new(new ChannelConv1d(dice.Pick(1, 3, 5)), dice.Chance(0.5) ? vector : [dice.Between(1, 40), 1, 1]),
            nameof(Linear) => new(new Linear(vector[0], dice.Between(1, 7), dice.Chance(0.6)), vector),
            nameof(Quantize) => new(new Quantize(), either),
            nameof(BatchNorm) => new(new BatchNorm(either[0], dice.Pick(1e-5, 1e-2), dice.Pick(0.1, 0.3)) { Affine = dice.Chance(0.7) }, either),
            nameof(GroupNorm) => GroupNorm(dice),
            nameof(LayerNorm) => new(new LayerNorm(either[0], dice.Pick(1e-5, 1e-2)), either),
            nameof(LocalResponseNorm) => new(new LocalResponseNorm(dice.Pick(1, 3, 5), dice.Pick(1e-2, 0.3), dice.Pick(0.5, 0.75, 0.9, 1.0), dice.Pick(1.0, 2.0)), map),
            nameof(Affine) => new(new Affine(either[0], dice.Chance(0.5)), either),
            nameof(Relu) => new(new Relu(), either),
            nameof(LeakyRelu) => new(new LeakyRelu(dice.Pick(0.01, 0.3)), either),
            nameof(Relu6) => new(new Relu6(), either),
            nameof(Silu) => new(new Silu(), either),
            nameof(HardSwish) => new(new HardSwish(), either),
            nameof(Sigmoid) => new(new Sigmoid(), either),
            nameof(Gelu) => new(new Gelu(), either),
            nameof(HardSigmoid) => new(new HardSigmoid(), either),
            nameof(HardTanh) => new(new HardTanh(dice.Pick(-1.0, 0.25), dice.Pick(0.25, 2.0)), either),
            nameof(Elu) => new(new Elu(dice.Pick(1.0, 0.3)), either),
            nameof(Selu) => new(new Selu(), either),
            nameof(Tanh) => new(new Tanh(), either),
            nameof(Mish) => new(new Mish(), either),
            nameof(GeluTanh) => new(new GeluTanh(), either),
            nameof(PRelu) => new(new PRelu(dice.Chance(0.5) ? either[0] : 1), either),
            nameof(RadixSoftmax) => RadixSoftmax(dice),
            nameof(Softmax) => new(new Softmax(), vector),
            nameof(Add) => new(new Add(), [.. Enumerable.Repeat(either, dice.Between(2, 4))]),
            nameof(Multiply) => new(new Multiply(), map, dice.Chance(0.5) ? map : [map[0], 1, 1]),
            nameof(Concat) => new(new Concat(), [.. Enumerable.Range(0, dice.Between(1, 3)).Select(_ => either.WithoutFirst().Prepend(dice.Between(1, 20)))]),
            nameof(ChannelSlice) => Slice(dice, either),
            nameof(ChannelShuffle) => Shuffle(dice),
            nameof(PadChannels) => new(new PadChannels(dice.Between(0, 3), dice.Between(0, 18)), either),
            nameof(Pad) => new(new Pad(map[0], Sides(dice, 3)) { Mode = dice.Pick(PaddingMode.Constant, PaddingMode.Reflect, PaddingMode.Replicate, PaddingMode.Zero) }, map),
            nameof(MaxPool) => new(new MaxPool((dice.Between(1, 3), dice.Between(1, 3))) { Stride = (dice.Between(1, 3), dice.Between(1, 2)), Dilation = dice.Pick(1, 1, 2), CeilMode = dice.Chance(0.5) }, [map[0], 6, 7]),
            nameof(AveragePool) => AveragePool(dice, map),
            nameof(AdaptiveAveragePool) => new(new AdaptiveAveragePool((dice.Between(1, 5), dice.Between(1, 9))), map),
            nameof(AdaptiveMaxPool) => new(new AdaptiveMaxPool((dice.Between(1, 5), dice.Between(1, 9))), map),
            nameof(BlurPool) => new(new BlurPool(), map),
            nameof(Flatten) => new(new Flatten(), either),
            nameof(Dropout) => new(new Dropout(dice.Pick(0.0, 0.2, 0.5)), either),
            nameof(StochasticDepth) => Depth(dice, either),
            _ => throw new ArgumentException($"No random {type.Name} is known.", nameof(type)),
        };
    }

    private static OpSample Convolution(Dice dice)
    {
        int groups = dice.Pick(1, 1, 2, 3);
        Size kernel = (dice.Between(1, 3), dice.Between(1, 3));
        var op = new Conv2d(groups * dice.Between(1, 3), groups * dice.Between(1, 3), kernel)
        {
            Stride = (dice.Between(1, 3), dice.Between(1, 2)),
            Padding = Sides(dice, 2),
            Dilation = (dice.Between(1, 2), dice.Between(1, 2)),
            Groups = groups,
            Bias = dice.Chance(0.5),
            StandardizationEpsilon = dice.Chance(0.2) && kernel.Area > 1 ? 1e-3 : null,
        };
        return new(op, [op.InChannels, dice.Between(5, 7), dice.Between(5, 7)]);
    }

    private static OpSample GroupNorm(Dice dice)
    {
        (int groups, int each) = (dice.Between(1, 4), dice.Between(1, 5));
        return new(new GroupNorm(groups, groups * each, dice.Pick(1e-5, 1e-2)), [groups * each, dice.Between(2, 4), dice.Between(2, 4)]);
    }

    private static OpSample Slice(Dice dice, Shape shape)
    {
        int start = dice.Between(0, shape[0] - 1);
        return new(new ChannelSlice(start, dice.Between(1, shape[0] - start)), shape);
    }

    private static OpSample Shuffle(Dice dice)
    {
        int groups = dice.Between(1, 4);
        return new(new ChannelShuffle(groups), [groups * dice.Between(1, 6), dice.Between(1, 4), dice.Between(1, 4)]);
    }

    private static OpSample RadixSoftmax(Dice dice)
    {
        int radix = dice.Between(1, 4);
        int channels = radix * dice.Between(1, 20);
        return new(new RadixSoftmax(radix), dice.Chance(0.5) ? [channels] : [channels, dice.Between(1, 3), dice.Between(1, 3)]);
    }

    private static OpSample AveragePool(Dice dice, Shape map)
    {
        Size kernel = (dice.Between(1, 3), dice.Between(1, 3));
        var padding = new Padding(dice.Between(0, kernel.Height / 2), dice.Between(0, kernel.Width / 2), dice.Between(0, kernel.Height / 2), dice.Between(0, kernel.Width / 2));
        var op = new AveragePool(kernel) { Stride = (dice.Between(1, 2), dice.Between(1, 3)), Padding = padding, CountIncludePad = dice.Chance(0.5), CeilMode = dice.Chance(0.5) };
        return new(op, map);
    }

    private static OpSample Depth(Dice dice, Shape shape) => new(
        new StochasticDepth(dice.Pick(0.3, 0.6, 1.0))
        {
            Form = dice.Pick(StochasticDepthForm.Residual, StochasticDepthForm.Bypass),
            Mode = dice.Pick(StochasticDepthMode.Batch, StochasticDepthMode.Row),
            Scaling = dice.Pick(StochasticDepthScaling.Paper, StochasticDepthScaling.Inverted),
        },
        shape,
        shape);

    private static Padding Sides(Dice dice, int most) => new(dice.Between(0, most), dice.Between(0, most), dice.Between(0, most), dice.Between(0, most));
}
