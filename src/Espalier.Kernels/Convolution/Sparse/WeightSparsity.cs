using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>Sparsity of a layer's weights, on which the choice of a kernel depends besides the <see cref="ConvolutionProblem"/>. The default is dense.</summary>
/// <param name="Zeros">The fraction of zero weights: 0 for a dense layer, 1 for a layer without connections.</param>
/// <param name="ZeroBlocks">
/// The fraction of blocks that are entirely zero, where a block is the weights of 4 adjacent output channels for one input channel and kernel position: equal
/// to <paramref name="Zeros"/> for weights pruned in such blocks, and almost 0 for weights pruned individually.
/// </param>
internal readonly record struct WeightSparsity(double Zeros, double ZeroBlocks = 0)
{
    /// <summary>Output channels per block.</summary>
    internal const int BlockHeight = 4;

    /// <summary>Counts zeros, of either sign; empty weights count as dense.</summary>
    /// <param name="weights">[output channels][weights per output channel].</param>
    /// <param name="outputChannels">Number of output channels; the last block may have fewer than four.</param>
    /// <exception cref="ArgumentException">The number of weights is not a multiple of the output channels.</exception>
    public static WeightSparsity Of(ReadOnlySpan<float> weights, int outputChannels)
    {
        if (weights.IsEmpty)
        {
            return default;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(outputChannels, 1);
        int length = weights.Length / outputChannels;
        Expect.Length(weights.Length, (long)outputChannels * length, nameof(weights));
        int zeros = CountZeros(weights);
        return zeros == 0 ? default : new((double)zeros / weights.Length, ShareOfZeroBlocks(weights, outputChannels, length));
    }

    /// <summary>Counts zeros of either sign by their bits, for which .NET has a vectorized method.</summary>
    internal static int CountZeros(ReadOnlySpan<float> weights)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(weights);
        return bits.Count(0) + bits.Count(int.MinValue);
    }

    private static double ShareOfZeroBlocks(ReadOnlySpan<float> weights, int outputChannels, int length)
    {
        long zeros = 0;
        int blocks = (outputChannels + BlockHeight - 1) / BlockHeight;
        for (int block = 0; block < blocks; block++)
        {
            int first = block * BlockHeight;
            ReadOnlySpan<float> a = weights.Slice(first * length, length);
            ReadOnlySpan<float> b = weights.Slice(Math.Min(first + 1, outputChannels - 1) * length, length); // a channel that is not there is one that is, again
            ReadOnlySpan<float> c = weights.Slice(Math.Min(first + 2, outputChannels - 1) * length, length);
            ReadOnlySpan<float> d = weights.Slice(Math.Min(first + 3, outputChannels - 1) * length, length);
            for (int i = 0; i < a.Length; i++)
            {
                zeros += (a[i] == 0) & (b[i] == 0) & (c[i] == 0) & (d[i] == 0) ? 1 : 0;
            }
        }

        return (double)zeros / ((long)blocks * length);
    }
}
