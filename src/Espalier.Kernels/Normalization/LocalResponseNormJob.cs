using System.Buffers;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The loops of local response norm and of its gradient over rows of images: a pixel's channels are laid out in one run, where a sum over neighbours is a sum of shifted vectors.</summary>
/// <remarks>With s = k + α/size · Σ x²: y = x·s^−β, and dx = dy·s^−β − 2αβ/size · x · Σ dy·x·s^(−β−1), where both sums go over the channels around.</remarks>
internal readonly unsafe struct LocalResponseNormJob : ILanesJob
{
    internal required LocalResponseNormProblem Problem { get; init; }

    internal required float* Input { get; init; }

    internal required BlockedLayout InputLayout { get; init; }

    /// <summary>The output's gradient; null in the forward pass.</summary>
    internal required float* Gradient { get; init; }

    internal required BlockedLayout GradientLayout { get; init; }

    /// <summary>The output, or the input's gradient.</summary>
    internal required float* Output { get; init; }

    internal required BlockedLayout OutputLayout { get; init; }

    internal required bool Accumulate { get; init; }

    /// <summary>The first row of the batch, counted over its images.</summary>
    internal required int First { get; init; }

    internal required int End { get; init; }

    /// <summary>The channels of a window that exist for some channel.</summary>
    private int Width => Math.Min(Problem.Size, (2 * InputLayout.Channels) - 1);

    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        int length = InputLayout.PaddedChannels + Width; // half a window on both sides
        float[] rented = ArrayPool<float>.Shared.Rent(3 * length);
        rented.AsSpan(0, 3 * length).Clear();
        float* table = stackalloc float[ChannelMoments.TableLength];
        TLanes last = new ChannelMoments(InputLayout, 0, table).LastBlock<TLanes>();
        (var x, var dy, var to) = (new MapAddress(InputLayout), new MapAddress(GradientLayout), new MapAddress(OutputLayout));
        fixed (float* squares = rented)
        {
            for (int line = First; line < End; line++)
            {
                var row = new MapRow(line / InputLayout.Height, 0, line % InputLayout.Height);
                for (nint at = 0; at < (nint)InputLayout.Width * TLanes.Count; at += TLanes.Count)
                {
                    Square<TLanes>(Input + x.Of(row) + at, squares, last);
                    if (Gradient == null)
                    {
                        Normalize<TLanes>(Input + x.Of(row) + at, squares, Output + to.Of(row) + at, last);
                    }
                    else
                    {
                        Propagate<TLanes>(Input + x.Of(row) + at, Gradient + dy.Of(row) + at, squares, squares + length, squares + (2 * length), Output + to.Of(row) + at, last);
                    }
                }
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Square<TLanes>(float* x, float* squares, TLanes last) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int block = 0; block < InputLayout.Blocks; block++)
        {
            TLanes value = Channels(x + (block * (nint)InputLayout.BlockStride), block, last);
            TLanes.Store(squares + (Width / 2) + (block * TLanes.Count), TLanes.Multiply(value, value));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalize<TLanes>(float* x, float* squares, float* y, TLanes last) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int block = 0; block < InputLayout.Blocks; block++)
        {
            TLanes value = Channels(x + (block * (nint)InputLayout.BlockStride), block, last);
            TLanes.Store(y + (block * (nint)OutputLayout.BlockStride), TLanes.Multiply(value, InversePower.Of(Base<TLanes>(squares, block), Problem.Beta)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Propagate<TLanes>(float* x, float* dy, float* squares, float* powers, float* products, float* dx, TLanes last) where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int block = 0; block < InputLayout.Blocks; block++)
        {
            TLanes value = Channels(x + (block * (nint)InputLayout.BlockStride), block, last);
            TLanes gradient = Channels(dy + (block * (nint)GradientLayout.BlockStride), block, last);
            TLanes found = Base<TLanes>(squares, block);
            TLanes power = InversePower.Of(found, Problem.Beta);
            TLanes.Store(powers + (block * TLanes.Count), power);
            TLanes.Store(products + (Width / 2) + (block * TLanes.Count), TLanes.Divide(TLanes.Multiply(TLanes.Multiply(gradient, value), power), found));
        }

        TLanes factor = TLanes.Broadcast((float)(-2 * Problem.Alpha * Problem.Beta / Problem.Size));
        for (int block = 0; block < InputLayout.Blocks; block++)
        {
            TLanes value = Channels(x + (block * (nint)InputLayout.BlockStride), block, last);
            TLanes gradient = Channels(dy + (block * (nint)GradientLayout.BlockStride), block, last);
            TLanes through = TLanes.Multiply(TLanes.Multiply(value, factor), Window<TLanes>(products, block));
            TLanes added = TLanes.MultiplyAdd(gradient, TLanes.Load(powers + (block * TLanes.Count)), through);
            float* to = dx + (block * (nint)OutputLayout.BlockStride);
            TLanes.Store(to, Accumulate ? TLanes.Add(TLanes.Load(to), added) : added);
        }
    }

    private TLanes Channels<TLanes>(float* at, int block, TLanes last) where TLanes : unmanaged, ILanes<TLanes> =>
        block + 1 < InputLayout.Blocks ? TLanes.Load(at) : TLanes.SelectPositive(last, TLanes.Load(at), TLanes.Zero);

    private TLanes Base<TLanes>(float* squares, int block) where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.MultiplyAdd(Window<TLanes>(squares, block), TLanes.Broadcast((float)(Problem.Alpha / Problem.Size)), TLanes.Broadcast((float)Problem.K));

    private TLanes Window<TLanes>(float* values, int block) where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes sum = TLanes.Zero;
        for (int i = 0; i < Width; i++)
        {
            sum = TLanes.Add(sum, TLanes.Load(values + (block * TLanes.Count) + i));
        }

        return sum;
    }
}
