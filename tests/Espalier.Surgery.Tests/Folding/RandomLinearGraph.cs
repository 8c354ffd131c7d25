using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Random networks of linear ops: chains, branches within branches, fan-out, every kernel form, and here and there a ReLU that parts them.</summary>
internal sealed class RandomLinearGraph(ulong seed)
{
    private readonly Dice _dice = new(seed);
    private int _names;

    /// <summary>The network of a seed. Some have a second output in the middle.</summary>
    internal static Model Create(ulong seed)
    {
        Graph graph = new RandomLinearGraph(seed).Build();
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }

    private Graph Build()
    {
        var net = new GraphBuilder();
        Value input = net.Input(_dice.Pick(2, 4, 6), _dice.Between(7, 13), _dice.Between(7, 13));
        Value x = input;
        Value middle = input;
        int layers = _dice.Between(1, 4);
        for (int i = 0; i < layers; i++)
        {
            x = _dice.Chance(0.5) ? Join(x, depth: 0) : Layer(x);
            middle = i == 0 ? x : middle;
        }

        if (_dice.Chance(0.2))
        {
            x = x.AdaptiveAveragePool(Name("mean"), _dice.Between(1, 2));
        }

        return middle != x && _dice.Chance(0.3) ? net.Build(x, middle) : net.Build(x);
    }

    private string Name(string kind) => $"{kind}{_names++}";

    private Value Layer(Value x)
    {
        bool isSmall = Math.Min(x.Shape[1], x.Shape[2]) < 6;
        return _dice.Between(0, 9) switch
        {
            0 => x.BatchNorm(Name("bn")),
            1 => x.Pad(Name("pad"), new Padding(_dice.Between(0, 2), _dice.Between(0, 1), _dice.Between(0, 2), _dice.Between(0, 1))),
            2 when x.Channels > 2 => x.ChannelSlice(Name("slice"), _dice.Between(0, 2), x.Channels - 2),
            3 => x.PadChannels(Name("widen"), _dice.Between(0, 2), _dice.Between(1, 2)),
            4 when x.Channels % 2 == 0 => x.ChannelShuffle(Name("shuffle"), 2),
            5 when !isSmall => Pool(x),
            _ => isSmall ? x.Conv2d(Name("conv"), 4, 1, bias: _dice.Chance(0.5)) : Convolution(x),
        };
    }

    private Value Pool(Value x) =>
        x.AveragePool(Name("pool"), (_dice.Between(1, 3), _dice.Between(2, 3)), _dice.Between(1, 2), (0, _dice.Between(0, 1)), ceilMode: _dice.Chance(0.2), countIncludePad: _dice.Chance(0.7));

    private Value Convolution(Value x)
    {
        Size kernel = _dice.Pick<Size>(1, 3, (1, 3), (3, 1), 2, 4, 5);
        int groups = x.Channels % 2 == 0 && _dice.Chance(0.3) ? 2 : 1;
        var padding = new Padding(_dice.Between(0, kernel.Height / 2), _dice.Between(0, kernel.Width / 2), _dice.Between(0, 1), _dice.Between(0, 1));
        Size dilation = kernel.Height < 4 && kernel.Width < 4 && _dice.Chance(0.2) ? (_dice.Between(1, 2), _dice.Between(1, 2)) : 1;
        return x.Conv2d(Name("conv"), _dice.Pick(2, 4, 6), kernel, _dice.Chance(0.2) ? 2 : 1, padding, dilation, groups, bias: _dice.Chance(0.5));
    }

    private Value Join(Value x, int depth)
    {
        int kind = _dice.Between(0, 2);
        int stride = _dice.Chance(0.2) ? 2 : 1;
        int channels = _dice.Chance(0.5) && stride == 1 ? x.Channels : _dice.Pick(2, 4);
        var branches = new Value[_dice.Between(2, 4)];
        for (int i = 0; i < branches.Length; i++)
        {
            branches[i] = Branch(x, channels, stride, depth);
        }

        return kind switch
        {
            0 => x.Builder.Append(Name("cat"), new Concat(), branches),
            1 => Together(branches),
            _ => x.Builder.Append(Name("sum"), new Add(), branches),
        };
    }

    private Value Together(Value[] branches)
    {
        Value sum = branches[0].StochasticDepth(Name("drop"), branches[1], new StochasticDepth(0.75) { Form = _dice.Pick(StochasticDepthForm.Residual, StochasticDepthForm.Bypass) });
        return branches.Skip(2).Aggregate(sum, (all, branch) => all.Add(Name("sum"), branch));
    }

    /// <summary>A branch whose output has the input's size divided by the stride, rounded up.</summary>
    private Value Branch(Value x, int channels, int stride, int depth)
    {
        bool keeps = stride == 1 && channels == x.Channels;
        switch (_dice.Between(0, 7))
        {
            case 0 when keeps:
                return _dice.Chance(0.5) ? x : x.BatchNorm(Name("bn"));
            case 1:
                return Same(Same(x, channels, 1, 1), channels, stride, _dice.Pick(1, 3)).BatchNorm(Name("bn"));
            case 2:
                return Same(x, channels, 1, 1).AveragePool(Name("pool"), 3, stride, 1);
            case 3:
                return Same(Same(x, channels, 1, 3), channels, stride, 1);
            case 7 when _dice.Chance(0.4):
                return Same(x, channels, stride, 1).Relu(Name("relu"));
            case 4 when depth < 2 && keeps:
                return x.Builder.Append(Name("sum"), new Add(), [Branch(x, channels, 1, depth + 1), Branch(x, channels, 1, depth + 1)]);
            default:
                Value y = Same(x, channels, stride, _dice.Pick<Size>(1, 3, (1, 3), (3, 1), 2, 4, 5, (5, 1)));
                return _dice.Chance(0.5) ? y.BatchNorm(Name("bn")) : y;
        }
    }

    /// <summary>A convolution whose padding makes up for its kernel; with an even kernel one side gets more.</summary>
    private Value Same(Value x, int channels, int stride, Size kernel)
    {
        int dilation = kernel != 1 && _dice.Chance(0.2) ? 2 : 1;
        (int high, int wide) = ((kernel.Height - 1) * dilation, (kernel.Width - 1) * dilation);
        int groups = x.Channels % 2 == 0 && channels % 2 == 0 && _dice.Chance(0.2) ? 2 : 1;
        return x.Conv2d(Name("conv"), channels, kernel, stride, new Padding(high / 2, wide / 2, high - (high / 2), wide - (wide / 2)), dilation, groups, bias: _dice.Chance(0.4));
    }
}
