using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The loops of <see cref="LayerNormKernel"/> over rows of images.</summary>
internal readonly unsafe struct LayerNormJob : ILanesJob
{
    internal required float* Input { get; init; }

    internal required BlockedLayout InputLayout { get; init; }

    internal required float* Output { get; init; }

    internal required BlockedLayout OutputLayout { get; init; }

    internal required float* Weight { get; init; }

    internal required float* Bias { get; init; }

    internal required float Eps { get; init; }

    internal required Activation Activation { get; init; }

    /// <summary>The first row of the batch, counted over its images.</summary>
    internal required int First { get; init; }

    internal required int End { get; init; }

    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        float* moments = stackalloc float[ChannelMoments.Pixels * ChannelMoments.Vectors * TLanes.Count];
        float* table = stackalloc float[ChannelMoments.TableLength];
        var channels = new ChannelMoments(InputLayout, Eps, table);
        TLanes last = channels.LastBlock<TLanes>();
        (var source, var target) = (new MapAddress(InputLayout), new MapAddress(OutputLayout));
        for (int line = First; line < End; line++)
        {
            var row = new MapRow(line / InputLayout.Height, 0, line % InputLayout.Height);
            float* from = Input + source.Of(row);
            float* to = Output + target.Of(row);
            for (int x = 0; x < InputLayout.Width; x += ChannelMoments.Pixels)
            {
                int pixels = Math.Min(ChannelMoments.Pixels, InputLayout.Width - x);
                channels.Find<TLanes>(from + (x * TLanes.Count), pixels, moments);
                Normalize(from + (x * TLanes.Count), to + (x * TLanes.Count), pixels, moments, last);
            }

            for (int block = 0; block < OutputLayout.Blocks; block++)
            {
                ActivationRow.Apply<TLanes>(to + ((nint)block * OutputLayout.BlockStride), OutputLayout.Width, Activation);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalize<TLanes>(float* from, float* to, int pixels, float* moments, TLanes last) where TLanes : unmanaged, ILanes<TLanes>
    {
        int blocks = InputLayout.Blocks;
        nint fromStride = InputLayout.BlockStride, toStride = OutputLayout.BlockStride;
        for (int block = 0; block < blocks; block++, from += fromStride, to += toStride)
        {
            TLanes weight = TLanes.Load(Weight + (block * TLanes.Count));
            TLanes bias = TLanes.Load(Bias + (block * TLanes.Count));
            float* at = moments;
            for (nint i = 0; i < pixels * TLanes.Count; i += TLanes.Count, at += ChannelMoments.Vectors * TLanes.Count)
            {
                TLanes distance = TLanes.Subtract(TLanes.Subtract(TLanes.Load(from + i), TLanes.Load(at)), TLanes.Load(at + TLanes.Count));
                TLanes value = TLanes.MultiplyAdd(TLanes.Multiply(distance, TLanes.Load(at + (2 * TLanes.Count))), weight, bias);
                TLanes.Store(to + i, block + 1 < blocks ? value : TLanes.SelectPositive(last, value, TLanes.Zero));
            }
        }
    }
}
