using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>The channel mapping of ops that only move channels.</summary>
internal static class ChannelSources
{
    /// <summary>Returns, for each input, the source channel of each output channel that this input provides; <see cref="ChannelKernel.Zero"/> for a channel of zeros.</summary>
    /// <param name="op">A concat, slice, shuffle or channel padding.</param>
    /// <param name="inputs">The memory layouts of the op's inputs.</param>
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
            _ => throw new UnreachableException($"{op.Kind} does not only move channels."),
        };
    }

    private static IEnumerable<int> Zeros(int count) => Enumerable.Repeat(ChannelKernel.Zero, count);
}
