using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Gradients of channel copies, and of a factor per channel.</summary>
internal static unsafe class ChannelGradient
{
    /// <summary>Adds channel <paramref name="sources"/>[c] of one map to channel c of another: <see cref="ChannelKernel.Gather"/> that adds.</summary>
    /// <remarks>Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of the target), bit-identical for any number of parts.</remarks>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of <paramref name="gradient"/>.</param>
    /// <param name="sources">For each channel of the target, the channel added to it, or <see cref="ChannelKernel.Zero"/>.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the map that is added to.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void GatherAdd(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, ReadOnlySpan<int> sources, Span<float> target, BlockedLayout targetLayout, int batch, int part, int parts)
    {
        Expect.That(
            gradientLayout with { Channels = 0, Border = default } == targetLayout with { Channels = 0, Border = default },
            $"channels of {gradientLayout} to {targetLayout}: height, width and lanes must be the same");
        Expect.Length(sources.Length, targetLayout.Channels, nameof(sources));
        Expect.That(sources.IndexOfAnyExceptInRange(ChannelKernel.Zero, gradientLayout.Channels - 1) < 0, $"a source is no channel: there are {gradientLayout.Channels}");
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        targetLayout.ExpectBatch(batch, target.Length, nameof(target));
        (int begin, int end) = WorkSplit.Range(MapRow.Count(targetLayout, batch), part, parts);
        var from = new MapAddress(gradientLayout);
        var to = new MapAddress(targetLayout);
        int lanes = targetLayout.Lanes;
        fixed (float* source = gradient, sum = target)
        {
            for (int unit = begin; unit < end; unit++)
            {
                MapRow row = MapRow.At(unit, targetLayout);
                ReadOnlySpan<int> channels = sources[(row.Block * lanes)..Math.Min(sources.Length, (row.Block + 1) * lanes)];
                AddRow(source + from.Of(row with { Block = 0 }), gradientLayout.BlockStride, channels, sum + to.Of(row), targetLayout.Width, lanes);
            }
        }
    }

    /// <summary>Σ gradient · value over the pixels of each channel of each image: the gradient of a factor per channel.</summary>
    /// <remarks>Computes part <paramref name="part"/> of <paramref name="parts"/> (blocks of all images), bit-identical for any number of parts.</remarks>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the product's gradient.</param>
    /// <param name="value">Batch x <paramref name="valueLayout"/>.</param>
    /// <param name="valueLayout">Layout of the value that was multiplied.</param>
    /// <param name="target">Batch x a vector of the channels, padded to whole blocks.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void SumProducts(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, ReadOnlySpan<float> value, BlockedLayout valueLayout,
        Span<float> target, bool accumulate, int batch, int part, int parts)
    {
        Expect.That(gradientLayout.HasSameMap(valueLayout), $"{gradientLayout} and {valueLayout}: only the borders may differ");
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        valueLayout.ExpectBatch(batch, value.Length, nameof(value));
        Expect.Length(target.Length, (long)batch * gradientLayout.PaddedChannels, nameof(target));
        (int begin, int end) = WorkSplit.Range(batch * gradientLayout.Blocks, part, parts);
        fixed (float* a = gradient, b = value, sums = target)
        {
            LanesDispatch.Run(gradientLayout.Lanes, new SumJob(a, gradientLayout, b, valueLayout, sums, accumulate, begin, end));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(float* from, nint blockStride, ReadOnlySpan<int> channels, float* to, int width, int lanes)
    {
        for (int lane = 0; lane < channels.Length; lane++)
        {
            int channel = channels[lane];
            if (channel >= 0)
            {
                float* source = from + (channel / lanes * blockStride) + (channel % lanes);
                for (nint i = 0; i < (nint)width * lanes; i += lanes)
                {
                    to[i + lane] += source[i];
                }
            }
        }
    }

    private readonly struct SumJob(float* a, BlockedLayout aLayout, float* b, BlockedLayout bLayout, float* sums, bool accumulate, int begin, int end) : ILanesJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            for (int plane = begin; plane < end; plane++)
            {
                // Row by row: the sum of partial sums has smaller rounding errors than one long sum.
                TLanes total = TLanes.Zero;
                for (int y = 0; y < aLayout.Height; y++)
                {
                    float* first = a + ((nint)plane * aLayout.BlockStride) + aLayout.Origin + ((nint)y * aLayout.RowStride);
                    float* second = b + ((nint)plane * bLayout.BlockStride) + bLayout.Origin + ((nint)y * bLayout.RowStride);
                    TLanes sum = TLanes.Zero;
                    for (nint i = 0; i < (nint)aLayout.Width * TLanes.Count; i += TLanes.Count)
                    {
                        sum = TLanes.MultiplyAdd(TLanes.Load(first + i), TLanes.Load(second + i), sum);
                    }

                    total = TLanes.Add(total, sum);
                }

                float* to = sums + ((nint)plane * TLanes.Count);
                TLanes.Store(to, accumulate ? TLanes.Add(TLanes.Load(to), total) : total);
            }
        }
    }
}
