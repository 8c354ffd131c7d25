using Espalier.Graphs;

namespace Espalier.Models;

/// <summary>The blocks of ShuffleNet v2 (Ma 2018, figure 3c and d), with torchvision's names.</summary>
public static class ShuffleBlocks
{
    /// <summary>The unit of stride 1: half of the channels is passed through unchanged, the other half is processed by a branch, and a channel shuffle mixes both halves.</summary>
    public static Value ShuffleUnit(this Value x)
    {
        int half = x.Channels / 2;
        Value passed = x.ChannelSlice("passed", 0, half);
        Value worked = x.ChannelSlice("worked", half, x.Channels - half).In("branch2", x => Branch(x, half, stride: 1));
        return passed.Concat("concat", worked).ChannelShuffle("shuffle", 2);
    }

    /// <summary>The unit of stride 2: both halves of the output are computed from the whole input, at half the size.</summary>
    /// <param name="x">The input.</param>
    /// <param name="channels">Output channels; even.</param>
    public static Value ShuffleDown(this Value x, int channels)
    {
        int half = channels / 2;
        Value first = x.In("branch1", x => x
            .Depthwise3x3("0", stride: 2).BatchNorm("1")
            .Conv1x1("2", half).BatchNorm("3").Relu("4"));
        Value second = x.In("branch2", x => Branch(x, half, stride: 2));
        return first.Concat("concat", second).ChannelShuffle("shuffle", 2);
    }

    private static Value Branch(Value x, int channels, int stride) => x
        .Conv1x1("0", channels).BatchNorm("1").Relu("2")
        .Depthwise3x3("3", stride).BatchNorm("4")
        .Conv1x1("5", channels).BatchNorm("6").Relu("7");
}
