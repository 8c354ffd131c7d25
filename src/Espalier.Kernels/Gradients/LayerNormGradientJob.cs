using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The loops of <see cref="LayerNormGradient"/> over rows of images. With x̂ the normalized pixel, g = γ·dy: dx = (g − mean(g) − x̂·mean(g·x̂))/σ.</summary>
internal readonly unsafe struct LayerNormGradientJob : ILanesJob
{
    internal required float* Input { get; init; }

    internal required BlockedLayout InputLayout { get; init; }

    internal required float* Weight { get; init; }

    internal required float Eps { get; init; }

    internal required float* Gradient { get; init; }

    internal required BlockedLayout GradientLayout { get; init; }

    /// <summary>The input's gradient, or null.</summary>
    internal required float* Target { get; init; }

    internal required BlockedLayout TargetLayout { get; init; }

    internal required bool Accumulate { get; init; }

    /// <summary>See <see cref="ChannelSums"/>.</summary>
    internal required float* Sums { get; init; }

    /// <summary>The first row of the batch, counted over its images.</summary>
    internal required int First { get; init; }

    internal required int End { get; init; }

    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        float* moments = stackalloc float[ChannelMoments.Pixels * ChannelMoments.Vectors * TLanes.Count];
        float* table = stackalloc float[ChannelMoments.TableLength];
        var channels = new ChannelMoments(InputLayout, Eps, table);
        (var x, var dy, var dx) = (new MapAddress(InputLayout), new MapAddress(GradientLayout), new MapAddress(TargetLayout));
        for (int line = First; line < End; line++)
        {
            var row = new MapRow(line / InputLayout.Height, 0, line % InputLayout.Height);
            float* sums = Sums + ((nint)line * 2 * InputLayout.PaddedChannels);
            new Span<float>(sums, 2 * InputLayout.PaddedChannels).Clear();
            for (int column = 0; column < InputLayout.Width; column++)
            {
                nint at = (nint)column * TLanes.Count;
                int inStrip = column % ChannelMoments.Pixels;
                if (inStrip == 0)
                {
                    channels.Find<TLanes>(Input + x.Of(row) + at, Math.Min(ChannelMoments.Pixels, InputLayout.Width - column), moments);
                }

                Pixel<TLanes>(
                    channels, Input + x.Of(row) + at, Gradient + dy.Of(row) + at, Target == null ? null : Target + dx.Of(row) + at,
                    moments + (inStrip * ChannelMoments.Vectors * TLanes.Count), sums);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pixel<TLanes>(ChannelMoments channels, float* x, float* dy, float* dx, float* moments, float* sums) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes last = channels.LastBlock<TLanes>(), center = TLanes.Load(moments), offset = TLanes.Load(moments + TLanes.Count), inverse = TLanes.Load(moments + (2 * TLanes.Count));
        TLanes total = TLanes.Zero, product = TLanes.Zero;
        (int blocks, nint padded) = (InputLayout.Blocks, InputLayout.PaddedChannels);
        for (int block = 0; block < blocks; block++)
        {
            TLanes gradient = TLanes.Load(dy + (block * (nint)GradientLayout.BlockStride));
            gradient = block + 1 < blocks ? gradient : TLanes.SelectPositive(last, gradient, TLanes.Zero);
            TLanes normalized = Normalized(x, block, center, offset, inverse, last);
            float* weightSum = sums + (block * TLanes.Count);
            TLanes.Store(weightSum, TLanes.MultiplyAdd(gradient, normalized, TLanes.Load(weightSum)));
            TLanes.Store(weightSum + padded, TLanes.Add(TLanes.Load(weightSum + padded), gradient));
            TLanes scaled = TLanes.Multiply(gradient, TLanes.Load(Weight + (block * TLanes.Count)));
            total = TLanes.Add(total, scaled);
            product = TLanes.MultiplyAdd(scaled, normalized, product);
        }

        if (dx == null)
        {
            return;
        }

        TLanes count = TLanes.Broadcast(InputLayout.Channels);
        TLanes mean = TLanes.Divide(channels.Sum(total), count), slope = TLanes.Divide(channels.Sum(product), count);
        for (int block = 0; block < blocks; block++)
        {
            TLanes scaled = TLanes.Multiply(TLanes.Load(dy + (block * (nint)GradientLayout.BlockStride)), TLanes.Load(Weight + (block * TLanes.Count)));
            TLanes normalized = Normalized(x, block, center, offset, inverse, last);
            TLanes value = TLanes.Multiply(TLanes.Subtract(TLanes.Subtract(scaled, mean), TLanes.Multiply(normalized, slope)), inverse);
            value = block + 1 < blocks ? value : TLanes.SelectPositive(last, value, TLanes.Zero);
            float* to = dx + (block * (nint)TargetLayout.BlockStride);
            TLanes.Store(to, Accumulate ? TLanes.Add(TLanes.Load(to), value) : value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLanes Normalized<TLanes>(float* x, int block, TLanes center, TLanes offset, TLanes inverse, TLanes last) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes distance = TLanes.Subtract(TLanes.Subtract(TLanes.Load(x + (block * (nint)InputLayout.BlockStride)), center), offset);
        TLanes normalized = TLanes.Multiply(distance, inverse);
        return block + 1 < InputLayout.Blocks ? normalized : TLanes.SelectPositive(last, normalized, TLanes.Zero);
    }
}
