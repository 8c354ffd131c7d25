using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Copies channels: the common part of concat, channel slice, channel shuffle and channel padding.</summary>
internal static unsafe class ChannelKernel
{
    /// <summary>The source index of a channel of zeros.</summary>
    public const int Zero = -1;

    /// <summary>Copies input channel <paramref name="sources"/>[i], or zeros, to output channel <paramref name="firstChannel"/> + i.</summary>
    /// <remarks>
    /// Computes part <paramref name="part"/> of <paramref name="parts"/> (output rows of all images), bit-identical for any number of parts. Output channels
    /// outside the range are not written, so that a concat is one call per input; the call that writes the last channel also clears the padding lanes after it.
    /// Blocks whose channels are a whole block of the input are copied directly. Borders are neither read nor written.
    /// </remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="sources">For each channel written, the input channel, or <see cref="Zero"/>.</param>
    /// <param name="firstChannel">The first output channel written.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>; not the input's memory.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Gather(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<int> sources, int firstChannel,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        Expect.That(
            inputLayout.HasSameMap(outputLayout with { Channels = inputLayout.Channels }),
            $"channels of {inputLayout} to {outputLayout}: height, width and lanes must be the same");
        Expect.That(
            firstChannel >= 0 && firstChannel + sources.Length <= outputLayout.Channels,
            $"channels {firstChannel} to {firstChannel + sources.Length - 1}: the output has {outputLayout.Channels}");
        Expect.That(
            sources.IndexOfAnyExceptInRange(Zero, inputLayout.Channels - 1) < 0, $"a source is no channel: the input has {inputLayout.Channels}");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        if (sources.IsEmpty)
        {
            return;
        }

        int lanes = outputLayout.Lanes;
        int firstBlock = firstChannel / lanes;
        int blocks = ((firstChannel + sources.Length - 1) / lanes) + 1 - firstBlock;
        BlockedLayout written = outputLayout with { Channels = blocks * lanes };
        (int begin, int end) = WorkSplit.Range(MapRow.Count(written, batch), part, parts);
        var source = new MapAddress(inputLayout);
        var target = new MapAddress(outputLayout);
        fixed (float* from = input, to = output)
        {
            for (int unit = begin; unit < end; unit++)
            {
                MapRow row = MapRow.At(unit, written);
                row = row with { Block = firstBlock + row.Block };
                var lanesOfBlock = new BlockSources(sources, firstChannel, row.Block, outputLayout);
                Row(from + source.Of(row with { Block = 0 }), inputLayout.BlockStride, lanesOfBlock, to + target.Of(row), outputLayout.Width, lanes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(float* from, nint blockStride, BlockSources sources, float* to, int width, int lanes)
    {
        if (sources.IsWholeBlock(lanes))
        {
            float* block = from + (sources.Of(0) / lanes * blockStride);
            Buffer.MemoryCopy(block, to, sizeof(float) * (long)width * lanes, sizeof(float) * (long)width * lanes);
            return;
        }

        for (int lane = 0; lane < lanes; lane++)
        {
            int channel = sources.Of(lane);
            if (channel >= 0)
            {
                Lane(from + (channel / lanes * blockStride) + (channel % lanes), to + lane, width, lanes);
            }
            else if (channel == Zero)
            {
                Clear(to + lane, width, lanes);
            }
        }
    }

    private static void Lane(float* from, float* to, int width, int lanes)
    {
        for (nint i = 0; i < (nint)width * lanes; i += lanes)
        {
            to[i] = from[i];
        }
    }

    private static void Clear(float* to, int width, int lanes)
    {
        for (nint i = 0; i < (nint)width * lanes; i += lanes)
        {
            to[i] = 0;
        }
    }

    /// <summary>The source lanes of one output block.</summary>
    private readonly ref struct BlockSources
    {
        private const int Untouched = -2;
        private readonly ReadOnlySpan<int> _sources;
        private readonly int _offset; // from a lane to its place among the sources
        private readonly bool _clearsBehind;

        internal BlockSources(ReadOnlySpan<int> sources, int firstChannel, int block, BlockedLayout output)
        {
            _sources = sources;
            _offset = (block * output.Lanes) - firstChannel;
            _clearsBehind = firstChannel + sources.Length == output.Channels;
        }

        internal int Of(int lane)
        {
            int i = _offset + lane;
            return i < 0 ? Untouched : i < _sources.Length ? _sources[i] : _clearsBehind ? Zero : Untouched;
        }

        internal bool IsWholeBlock(int lanes)
        {
            int first = Of(0);
            if (first < 0 || first % lanes != 0)
            {
                return false;
            }

            for (int lane = 1; lane < lanes; lane++)
            {
                if (Of(lane) != first + lane)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
