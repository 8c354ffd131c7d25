using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>The layers of random networks, with attributes that fit the map they get.</summary>
internal sealed class RandomLayers(Dice dice, RandomGraphOptions options)
{
    internal int Channels() => dice.Between(2, options.Channels);

    /// <summary>A number of groups that divides both.</summary>
    internal int Divisor(int inChannels, int outChannels)
    {
        int[] divisors = [.. Enumerable.Range(1, Math.Min(inChannels, outChannels)).Where(n => inChannels % n == 0 && outChannels % n == 0)];
        return dice.Pick<int>(divisors);
    }

    /// <summary>A convolution that keeps height and width.</summary>
    internal Value SameConv(Value x, string name, int channels)
    {
        (int height, int width, int dilation) = (dice.Pick(1, 3, 3, 5), dice.Pick(1, 3, 3, 5), dice.Chance(0.8) ? 1 : 2);
        var padding = new Size(dilation * (height - 1) / 2, dilation * (width - 1) / 2);
        return x.Conv2d(name, channels, (height, width), 1, padding, dilation, Divisor(x.Channels, channels), dice.Chance(0.3));
    }

    /// <summary>A convolution with anything that a convolution can have.</summary>
    internal Value Conv(Value x, string name)
    {
        Axis rows = ConvAxis(x.Shape[1]);
        Axis columns = ConvAxis(x.Shape[2]);
        int channels = Channels();
        var op = new Conv2d(x.Channels, channels, (rows.Kernel, columns.Kernel))
        {
            Stride = (rows.Stride, columns.Stride),
            Padding = new Padding(rows.Before, columns.Before, rows.After, columns.After),
            Dilation = (rows.Dilation, columns.Dilation),
            Groups = dice.Chance(0.3) ? Divisor(x.Channels, channels) : 1,
            Bias = dice.Chance(0.4),
        };
        return x.Then(name, op);
    }

    internal Value Pool(Value x, string name)
    {
        bool max = dice.Chance(0.5);
        Axis rows = PoolAxis(x.Shape[1], max);
        Axis columns = PoolAxis(x.Shape[2], max);
        var (kernel, stride) = (new Size(rows.Kernel, columns.Kernel), new Size(rows.Stride, columns.Stride));
        var padding = new Padding(rows.Before, columns.Before, rows.After, columns.After);
        return max
            ? x.MaxPool(name, kernel, stride, padding, (rows.Dilation, columns.Dilation), ceilMode: dice.Chance(0.5))
            : x.AveragePool(name, kernel, stride, padding, dice.Chance(0.5), dice.Chance(0.5));
    }

    internal Value Norm(Value x, string name) => dice.Between(0, 5) switch
    {
        0 => Other(x, name),
        1 => Grouped(x, name, Divisor(x.Channels, x.Channels)),
        2 => x.BatchNorm(name, 1e-3),
        _ => x.BatchNorm(name),
    };

    // A single group is a layer norm, of channels enough for its gradient not to vanish.
    private static Value Grouped(Value x, string name, int groups) => groups == 1 && x.Channels > 3 ? x.LayerNorm(name) : x.GroupNorm(name, groups);

    private static Value Other(Value x, string name) => (x.Channels % 3) switch
    {
        0 => x.Affine(name, bias: x.Channels % 2 == 0),
        1 => x.LocalResponseNorm(name, 3, 0.1),
        _ => x,
    };

    internal Value Activate(Value x, string name) => dice.Between(0, 15) switch
    {
        0 => x.LeakyRelu(name, 0.1),
        1 => x.Relu6(name),
        2 => x.Silu(name),
        3 => x.HardSwish(name),
        4 => x,
        5 => x.Gelu(name),
        6 => x.HardSigmoid(name),
        7 => x.HardTanh(name, -0.5, 1.5),
        8 => x.Elu(name),
        9 => x.Selu(name),
        10 => x.Tanh(name),
        11 => x.Mish(name),
        12 => x.GeluTanh(name),
        13 => x.PRelu(name, dice.Chance(0.5)),
        _ => x.Relu(name),
    };

    private Axis ConvAxis(int extent)
    {
        (int kernel, int dilation) = (dice.Pick(1, 2, 3, 3, 5, 7), dice.Pick(1, 1, 1, 2));
        int reach = dilation * (kernel - 1);
        int before = dice.Between(0, reach);
        int after = dice.Chance(0.7) ? before : dice.Between(0, reach);
        return reach < extent + before + after
            ? new Axis(kernel, dice.Pick(1, 1, 2, 3), before, after, dilation)
            : new Axis(1, 1, 0, 0, 1);
    }

    private Axis PoolAxis(int extent, bool mayDilate)
    {
        int kernel = dice.Pick(1, 2, 3);
        int dilation = mayDilate ? dice.Pick(1, 1, 2) : 1;
        int before = dice.Between(0, kernel / 2);
        int after = dice.Chance(0.8) ? before : dice.Between(0, kernel / 2);
        return dilation * (kernel - 1) < extent + before + after
            ? new Axis(kernel, dice.Pick(1, 2, 2), before, after, dilation)
            : new Axis(1, 1, 0, 0, 1);
    }

    private readonly record struct Axis(int Kernel, int Stride, int Before, int After, int Dilation);
}
