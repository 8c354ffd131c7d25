using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The loop of all pools' gradients: every window adds its gradient to its pixels, plane by plane.</summary>
internal readonly unsafe struct PoolGradientJob : ILanesJob
{
    /// <summary>The input of a max pool; null for an average pool.</summary>
    internal required float* Input { get; init; }

    internal required BlockedLayout InputLayout { get; init; }

    internal required float* Output { get; init; }

    internal required BlockedLayout OutputLayout { get; init; }

    internal required float* Gradient { get; init; }

    internal required BlockedLayout GradientLayout { get; init; }

    internal required float* Target { get; init; }

    internal required BlockedLayout TargetLayout { get; init; }

    internal required PoolSpan* RowSpans { get; init; }

    internal required PoolSpan* ColumnSpans { get; init; }

    internal required Size Dilation { get; init; }

    internal required bool Accumulate { get; init; }

    /// <summary>The first plane: a block of an image.</summary>
    internal required int First { get; init; }

    internal required int End { get; init; }

    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int plane = First; plane < End; plane++)
        {
            float* to = Target + ((nint)plane * TargetLayout.BlockStride) + TargetLayout.Origin;
            for (int y = 0; y < TargetLayout.Height && !Accumulate; y++)
            {
                new Span<float>(to + ((nint)y * TargetLayout.RowStride), TargetLayout.Width * TLanes.Count).Clear();
            }

            for (int y = 0; y < GradientLayout.Height; y++)
            {
                float* gradient = Gradient + ((nint)plane * GradientLayout.BlockStride) + GradientLayout.Origin + ((nint)y * GradientLayout.RowStride);
                if (Input == null)
                {
                    ShareRow<TLanes>(gradient, y, to);
                }
                else
                {
                    float* output = Output + ((nint)plane * OutputLayout.BlockStride) + OutputLayout.Origin + ((nint)y * OutputLayout.RowStride);
                    SelectRow<TLanes>(Input + ((nint)plane * InputLayout.BlockStride) + InputLayout.Origin, output, gradient, y, to);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ShareRow<TLanes>(float* gradient, int y, float* to) where TLanes : unmanaged, ILanes<TLanes>
    {
        PoolSpan rows = RowSpans[y];
        for (int x = 0; x < GradientLayout.Width; x++, gradient += TLanes.Count)
        {
            PoolSpan columns = ColumnSpans[x];
            TLanes share = TLanes.Divide(TLanes.Load(gradient), TLanes.Broadcast(rows.Divisor * columns.Divisor));
            for (int i = 0; i < rows.Positions; i++)
            {
                float* pixel = to + ((nint)(rows.First + i) * TargetLayout.RowStride) + ((nint)columns.First * TLanes.Count);
                for (int j = 0; j < columns.Positions; j++, pixel += TLanes.Count)
                {
                    TLanes.Store(pixel, TLanes.Add(TLanes.Load(pixel), share));
                }
            }
        }
    }

    // A pixel receives the remaining gradient if the maximum does not exceed it; after that nothing remains.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SelectRow<TLanes>(float* input, float* output, float* gradient, int y, float* to) where TLanes : unmanaged, ILanes<TLanes>
    {
        PoolSpan rows = RowSpans[y];
        for (int x = 0; x < GradientLayout.Width; x++, gradient += TLanes.Count, output += TLanes.Count)
        {
            PoolSpan columns = ColumnSpans[x];
            TLanes greatest = TLanes.Load(output);
            TLanes left = TLanes.Load(gradient);
            for (int i = 0; i < rows.Positions; i++)
            {
                int row = rows.First + (i * Dilation.Height);
                for (int j = 0; j < columns.Positions; j++)
                {
                    int column = columns.First + (j * Dilation.Width);
                    TLanes excess = TLanes.Subtract(greatest, TLanes.Load(input + ((nint)row * InputLayout.RowStride) + ((nint)column * TLanes.Count)));
                    float* pixel = to + ((nint)row * TargetLayout.RowStride) + ((nint)column * TLanes.Count);
                    TLanes.Store(pixel, TLanes.Add(TLanes.Load(pixel), TLanes.SelectPositive(excess, TLanes.Zero, left)));
                    left = TLanes.SelectPositive(excess, left, TLanes.Zero);
                }
            }
        }
    }
}
