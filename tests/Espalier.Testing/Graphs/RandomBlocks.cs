using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>The blocks of random networks: each a function from value to value, for maps of any size.</summary>
internal sealed class RandomBlocks(Dice dice, RandomGraphOptions options)
{
    private readonly RandomLayers _layers = new(dice, options);

    /// <summary>Channels enough for every block to have something to split.</summary>
    internal Value Stem(Value x) => _layers.Activate(_layers.Norm(x.Conv2d("conv", 2 * dice.Between(1, options.Channels / 2), 3, padding: 1), "norm"), "act");

    internal Value Block(Value x) => dice.Between(0, 14) switch
    {
        0 => Plain(x),
        1 or 2 => Residual(x),
        3 => Widening(x),
        4 => Inception(x),
        5 => Reparameterizable(x),
        6 => SqueezeAndExcite(x),
        7 => Shuffled(x),
        8 => Dense(x),
        9 => Pooled(x),
        10 => Tied(x),
        11 => EfficientAttention(x),
        12 => SelectiveKernels(x),
        13 => Antialiased(x),
        _ => Bordered(x),
    };

    private Value Plain(Value x) => _layers.Activate(_layers.Norm(_layers.Conv(x, "conv"), "norm"), "act");

    /// <summary>He 2015, with or without a change of shape on the way.</summary>
    private Value Residual(Value x)
    {
        int channels = dice.Chance(0.5) ? x.Channels : _layers.Channels();
        int stride = dice.Chance(0.3) ? 2 : 1;
        Value branch = _layers.Activate(_layers.Norm(x.Conv2d("conv1", channels, 3, stride, padding: 1), "norm1"), "act1");
        branch = _layers.Norm(_layers.SameConv(branch, "conv2", channels), "norm2");
        Value shortcut = channels == x.Channels && stride == 1 ? x : _layers.Norm(x.Conv2d("downsample.0", channels, 1, stride), "downsample.1");
        return _layers.Activate(Join(shortcut, branch), "act2");
    }

    /// <summary>He 2015, option A: every second pixel, and channels of zeros on both sides.</summary>
    private Value Widening(Value x)
    {
        (int before, int after) = (dice.Between(0, 3), dice.Between(0, 3));
        Value branch = _layers.Norm(x.Conv2d("conv", x.Channels + before + after, 3, 2, padding: 1), "norm");
        return _layers.Activate(x.MaxPool("subsample", 1, 2).PadChannels("widen", before, after).Add("add", branch), "act");
    }

    /// <summary>Szegedy 2014: branches side by side.</summary>
    private Value Inception(Value x)
    {
        Value one = x.Conv2d("one", dice.Between(1, 5), 1, bias: true).Relu("one_act");
        Value three = _layers.SameConv(_layers.SameConv(x, "three_a", dice.Between(1, 5)), "three_b", dice.Between(1, 5));
        Value pool = x.AveragePool("pool", 3, 1, 1, countIncludePad: dice.Chance(0.5)).Conv2d("pool_conv", dice.Between(1, 5), 1);
        return dice.Chance(0.5) ? one.Concat("concat", three, pool) : one.Concat("concat", x, three, pool);
    }

    /// <summary>Ding 2021, RepVGG: branches that fold into one convolution.</summary>
    private Value Reparameterizable(Value x)
    {
        int stride = dice.Chance(0.3) ? 2 : 1;
        int channels = dice.Chance(0.5) ? x.Channels : _layers.Channels();
        int groups = _layers.Divisor(x.Channels, channels);
        Value three = x.Conv2d("dense.conv", channels, 3, stride, 1, groups: groups).BatchNorm("dense.bn");
        Value one = x.Conv2d("pointwise.conv", channels, 1, stride, groups: groups).BatchNorm("pointwise.bn");
        bool identity = channels == x.Channels && stride == 1;
        Value sum = identity ? x.Builder.Append("add", new Add(), [three, one, x.BatchNorm("identity.bn")]) : three.Add("add", one);
        return _layers.Activate(sum, "act");
    }

    /// <summary>Hu 2018: one factor for each channel, from all of the map.</summary>
    private Value SqueezeAndExcite(Value x)
    {
        Value factors = x.GlobalAveragePool("squeeze").Conv2d("reduce", Math.Max(1, x.Channels / 4), 1, bias: true).Relu("reduce_act");
        Value gated = x.Multiply("gate", factors.Conv2d("expand", x.Channels, 1, bias: true).Sigmoid("expand_act"));
        return dice.Chance(0.5) ? gated : gated.Multiply("self_gate", _layers.SameConv(x, "conv", x.Channels).Sigmoid("conv_act"));
    }

    /// <summary>Wang 2020, ECA-Net: one factor for each channel, from its neighbours.</summary>
    private Value EfficientAttention(Value x)
    {
        Value squeezed = dice.Chance(0.5) ? x.GlobalAveragePool("squeeze") : x.GlobalMaxPool("squeeze");
        return x.Multiply("gate", squeezed.ChannelConv1d("conv", dice.Pick(1, 3, 5)).Sigmoid("gate_act"));
    }

    /// <summary>Li 2019, SKNet: two branches, of which each channel is weighted against its counterpart.</summary>
    private Value SelectiveKernels(Value x)
    {
        (Value one, Value two) = (_layers.SameConv(x, "one", x.Channels), _layers.SameConv(x, "two", x.Channels));
        Value factors = one.Add("sum", two).GlobalAveragePool("squeeze").Conv2d("fc", 2 * x.Channels, 1).RadixSoftmax("softmax", 2);
        Value first = one.Multiply("first", factors.ChannelSlice("first_factor", 0, x.Channels));
        return first.Add("add", two.Multiply("second", factors.ChannelSlice("second_factor", x.Channels, x.Channels)));
    }

    /// <summary>Zhang 2019: a border of the map's own pixels, and a blur before every second pixel is dropped.</summary>
    private Value Antialiased(Value x)
    {
        bool reflects = Math.Min(x.Shape[1], x.Shape[2]) > 1;
        Value padded = x.Pad("edge", 1, reflects ? dice.Pick(PaddingMode.Reflect, PaddingMode.Replicate) : PaddingMode.Replicate);
        Value conv = padded.Conv2d("conv", _layers.Channels(), 3);
        return _layers.Activate(reflects ? conv.BlurPool("blur") : conv, "act");
    }

    /// <summary>Ma 2018, ShuffleNet v2: one half goes through, the other through layers, then both mix.</summary>
    private static Value Shuffled(Value x)
    {
        int half = Math.Max(1, x.Channels / 2);
        Value kept = x.ChannelSlice("kept", 0, half);
        Value worked = x.ChannelSlice("worked", x.Channels - half, half);
        worked = worked.Conv2d("depthwise", half, 3, padding: 1, groups: half).BatchNorm("bn").Conv2d("pointwise", half, 1).Relu("act");
        return kept.Concat("concat", worked).ChannelShuffle("shuffle", 2);
    }

    /// <summary>Huang 2017: what came before stays beside what is new.</summary>
    private Value Dense(Value x)
    {
        for (int i = 0; i < 2; i++)
        {
            Value grown = _layers.SameConv(_layers.Activate(_layers.Norm(x, $"norm{i}"), $"act{i}"), $"conv{i}", dice.Between(1, 6));
            x = x.Concat($"concat{i}", grown);
        }

        return x.Conv2d("transition", _layers.Channels(), 1);
    }

    private Value Pooled(Value x) => _layers.Norm(_layers.Pool(x, "pool"), "norm");

    /// <summary>One convolution, used twice; and a value that is read twice by one node.</summary>
    private Value Tied(Value x)
    {
        Value first = x.Conv2d("conv", x.Channels, 3, padding: 1).Relu("act1");
        var again = new Conv2d(x.Channels, x.Channels, 3) { Padding = 1 };
        string owner = ScopeName.Join(ScopeName.Parent(first.Name), "conv");
        Value second = x.Builder.Append("again", again, [first], tiedTo: owner).HardSwish("act2");
        return dice.Chance(0.5) ? second.Add("twice", second) : first.Add("add", second);
    }

    /// <summary>A border of one value for each channel, then a convolution without padding: what sequential merging leaves.</summary>
    private Value Bordered(Value x)
    {
        var padding = new Padding(dice.Between(0, 2), dice.Between(0, 2), dice.Between(1, 2), dice.Between(1, 2));
        return _layers.Activate(x.Pad("pad", padding).Conv2d("conv", _layers.Channels(), 2, bias: true), "act");
    }

    private Value Join(Value shortcut, Value branch)
    {
        if (!options.Randomness || dice.Chance(0.6))
        {
            return shortcut.Add("add", branch);
        }

        return shortcut.StochasticDepth("drop", branch, new StochasticDepth(dice.Pick(0.5, 0.8, 1.0))
        {
            Form = dice.Pick(StochasticDepthForm.Residual, StochasticDepthForm.Bypass),
            Mode = dice.Pick(StochasticDepthMode.Batch, StochasticDepthMode.Row),
            Scaling = dice.Pick(StochasticDepthScaling.Paper, StochasticDepthScaling.Inverted),
        });
    }
}
