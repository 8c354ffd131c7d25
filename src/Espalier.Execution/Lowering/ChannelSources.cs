using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>What ops do that only move channels.</summary>
internal static class ChannelSources
{
    /// <summary>For each input, which of its channels its share of the output's channels come from, or <see cref="ChannelKernel.Zero"/>.</summary>
    /// <param name="op">A concat, slice, shuffle or channel padding.</param>
    /// <param name="inputs">How what it reads lies in memory.</param>
    public static int[][] Of(Op op, BlockedLayout[] inputs)
    {
        ArgumentNullException.ThrowIfNull(op);
        ArgumentNullException.ThrowIfNull(inputs);
        return op switch
        {
            Concat => [.. inputs.Select(input => Enumerable.Range(0, input.Channels).ToArray())],
            ChannelSlice slice => [[.. Enumerable.Range(slice.Start, slice.Count)]],
            ChannelShuffle shuffle => [shuffle.Sources(inputs[0].Channels)],
            PadChannels pad => [[.. Zeros(pad.Before), .. Enumerable.Range(0, inputs[0].Channels), .. Zeros(pad.After)]],
            _ => throw new UnreachableException($"{op.Kind} does more than move channels."),
        };
    }

    private static IEnumerable<int> Zeros(int count) => Enumerable.Repeat(ChannelKernel.Zero, count);
}
