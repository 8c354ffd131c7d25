using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>What residual blocks have in the place of a 3x3 convolution, with its norm, ReLU and pool.</summary>
internal static class SpatialConvolutions
{
    private const int LeastSplitAttention = 32; // channels inside the attention between splits

    private const double StandardizationEpsilon = 1e-8; // that of timm's Big Transfer networks

    /// <summary>A convolution of the block, padded so that stride 1 keeps the size.</summary>
    internal static Value Convolution(this Value x, ResidualBlockOptions options, string name, int channels, int kernel, int stride = 1, int dilation = 1, int groups = 1) =>
        x.Convolution(options.StandardizedWeights, name, channels, kernel, stride, dilation, groups);

    /// <summary>A convolution without bias, padded so that stride 1 keeps the size.</summary>
    internal static Value Convolution(this Value x, bool isStandardized, string name, int channels, int kernel, int stride = 1, int dilation = 1, int groups = 1) =>
        x.Conv2d(name, channels, kernel, stride, dilation * (kernel - 1) / 2, dilation, groups, standardizationEpsilon: isStandardized ? StandardizationEpsilon : null);

    /// <summary>The convolution <paramref name="number"/> of the block, or what stands in its place, with norm, ReLU and pool.</summary>
    internal static Value Spatial(this Value x, ResidualBlockOptions options, int number, int channels, int stride) => options.Spatial switch
    {
        SpatialConvolution.Single => Single(x, options, number, channels, stride),
        SpatialConvolution.SelectiveKernel => Pooled(x, options, stride, (x, stride) => x.In($"conv{number}", x => SelectiveKernel(x, options, channels, stride))),
        SpatialConvolution.MultiScale => MultiScale(x, options, channels, stride),
        SpatialConvolution.SplitAttention => Pooled(x, options, stride, (x, stride) => x.In($"conv{number}", x => SplitAttention(x, options, channels, stride))),
    };

    private static Value Single(Value x, ResidualBlockOptions options, int number, int channels, int stride) => Pooled(x, options, stride, (x, stride) => x
        .Convolution(options, options.Names.Convolution(number), channels, 3, stride, options.Dilation, options.Groups).Normalize(options.Norm, options.Names.Norm(number)).Relu($"relu{number}"));

    /// <summary>A convolution that has the stride, or stride 1 and a pool that has it.</summary>
    private static Value Pooled(Value x, ResidualBlockOptions options, int stride, Func<Value, int, Value> convolve) => (stride == 1 ? Pooling.Strided : options.Pooling) switch
    {
        Pooling.Strided => convolve(x, stride),
        Pooling.Average => convolve(x, 1).AveragePool("aa", stride, ceilMode: true, countIncludePad: false), // of odd maps as many pixels as the shortcut has, where timm fails
        Pooling.Blur => convolve(x, 1).Blur("aa", stride),
        Pooling.AverageBefore => convolve(x.AveragePool("avd_first", 3, stride, padding: 1), 1),
        Pooling.AverageAfter => convolve(x, 1).AveragePool("avd_last", 3, stride, padding: 1),
    };

    /// <summary>A blur pool, which halves the size.</summary>
    internal static Value Blur(this Value x, string name, int stride)
    {
        if (stride != 2)
        {
            GraphException.Throw(name, $"a blur pool has stride 2, found {stride}");
        }

        return x.BlurPool(name);
    }

    /// <summary>Two convolutions, the second with twice the dilation, and attention between them (Li 2019, §3.1).</summary>
    private static Value SelectiveKernel(Value x, ResidualBlockOptions options, int channels, int stride)
    {
        const int Paths = 2;
        int part = x.Channels / options.Splits;
        Value Path(int i)
        {
            Value seen = options.Splits == 1 ? x : x.ChannelSlice($"split{i}", i * part, part);
            return seen.In($"paths.{i}", x => x
                .Convolution(options, "conv", channels, 3, stride, options.Dilation * (i + 1), options.Groups).Normalize(options.Norm, "bn").Relu("relu"));
        }

        Value[] paths = [Path(0), Path(1)];
        Value weights = paths[0].Add("sum", paths[1]).In("attn", x => x.GlobalAveragePool("pool")
            .Conv1x1("fc_reduce", options.AttentionChannels(channels, options.AttentionDivisor)).Normalize(options.Norm, "bn").Relu("relu")
            .Conv1x1("fc_select", Paths * channels).RadixSoftmax("softmax", Paths));
        return Weighed(paths, weights);
    }

    /// <summary>Parts of the channels, each with a convolution of the part and the result of the part before (Gao 2019, §3.1). In a block that changes the shape they are independent.</summary>
    private static Value MultiScale(Value x, ResidualBlockOptions options, int channels, int stride)
    {
        bool isFirst = stride > 1 || options.ChangesShape;
        var parts = new Value[options.Splits];
        int convolutions = Math.Max(1, parts.Length - 1);
        for (int i = 0; i < convolutions; i++)
        {
            Value part = x.ChannelSlice($"split{i}", i * channels, channels);
            Value seen = i == 0 || isFirst ? part : parts[i - 1].Add($"add{i}", part);
            parts[i] = seen.Convolution(options, $"convs.{i}", channels, 3, stride, options.Dilation, options.Groups).Normalize(options.Norm, $"bns.{i}").Relu($"relus.{i}");
        }

        if (parts.Length > 1)
        {
            Value last = x.ChannelSlice($"split{convolutions}", convolutions * channels, channels);
            parts[convolutions] = isFirst ? last.AveragePool("pool", 3, stride, padding: 1) : last;
        }

        return parts.Length == 1 ? parts[0] : parts[0].Concat("concat", parts.AsSpan(1));
    }

    /// <summary>Convolutions of the same input in one with as many groups, and attention between them (Zhang 2020, §3.1).</summary>
    private static Value SplitAttention(Value x, ResidualBlockOptions options, int channels, int stride)
    {
        int splits = options.Splits;
        int inside = options.AttentionChannels((long)x.Channels * splits, LeastSplitAttention);
        Value made = x
            .Convolution(options, "conv", checked(channels * splits), 3, stride, options.Dilation, checked(options.Groups * splits)).Normalize(options.Norm, "bn0").Relu("relu0");
        Value[] parts = [.. Enumerable.Range(0, splits).Select(i => splits == 1 ? made : made.ChannelSlice($"split{i}", i * channels, channels))];
        Value sum = splits == 1 ? made : made.Builder.Append("sum", new Add(), parts);
        Value weights = sum.GlobalAveragePool("pool")
            .Conv2d("fc1", inside, 1, groups: options.Groups, bias: true).Normalize(options.Norm, "bn1").Relu("relu1")
            .Conv2d("fc2", checked(channels * splits), 1, groups: options.Groups, bias: true);
        return splits == 1
            ? made.Multiply("multiply", weights.Sigmoid("sigmoid"))
            : Weighed(parts, SplitsFirst(weights, options.Groups, splits).RadixSoftmax("rsoftmax", splits));
    }

    /// <summary>Reorders channels from groups of splits to splits of groups.</summary>
    private static Value SplitsFirst(Value x, int groups, int splits)
    {
        if (groups == 1)
        {
            return x;
        }

        int part = x.Channels / (groups * splits);
        Value[] ordered =
        [
            .. from split in Enumerable.Range(0, splits)
               from gr in Enumerable.Range(0, groups)
               select x.ChannelSlice($"weights{split}_{gr}", ((gr * splits) + split) * part, part),
        ];
        return ordered[0].Concat("weights", ordered.AsSpan(1));
    }

    /// <summary>The sum of parts, each times its share of the weights.</summary>
    private static Value Weighed(Value[] parts, Value weights)
    {
        int channels = parts[0].Channels;
        Value[] weighed = [.. parts.Select((part, i) => part.Multiply($"multiply{i}", weights.ChannelSlice($"weight{i}", i * channels, channels)))];
        return weighed[0].Builder.Append("add", new Add(), weighed);
    }
}
