using System.Buffers;
using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The loops of <see cref="GroupNormKernel"/> over a cluster: blocks of one image that contain only whole groups.</summary>
internal readonly unsafe struct GroupNormJob : ILanesJob
{
    internal required float* Input { get; init; }

    internal required BlockedLayout InputLayout { get; init; }

    internal required float* Output { get; init; }

    internal required BlockedLayout OutputLayout { get; init; }

    internal required float* Weight { get; init; }

    internal required float* Bias { get; init; }

    internal required float Eps { get; init; }

    internal required Activation Activation { get; init; }

    internal required int GroupChannels { get; init; }

    internal required int Image { get; init; }

    internal required int FirstBlock { get; init; }

    internal required int Blocks { get; init; }

    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        int channels = Blocks * TLanes.Count;
        double[] sums = ArrayPool<double>.Shared.Rent(2 * channels);
        float[] numbers = ArrayPool<float>.Shared.Rent(3 * channels);
        Span<double> squares = sums.AsSpan(channels, channels);
        fixed (float* centers = numbers)
        {
            // Lanes without a channel belong to no group: their values stay zero.
            new Span<float>(centers, 3 * channels).Clear();
            float* scales = centers + channels;
            float* shifts = scales + channels;

            // The first pass finds a center near the mean, the second how far off it is, and the variance: differences from it are small, and round little.
            SumEachChannel<TLanes>(centers, sums, squares);
            FindCenters(sums, centers);
            SumEachChannel<TLanes>(centers, sums, squares);
            FindScales(sums, squares, scales, shifts);
            Normalize<TLanes>(centers, scales, shifts);
        }

        ArrayPool<double>.Shared.Return(sums);
        ArrayPool<float>.Shared.Return(numbers);
    }

    private int Channels => Math.Min(Blocks * InputLayout.Lanes, InputLayout.Channels - (FirstBlock * InputLayout.Lanes));

    private double GroupLength => (double)GroupChannels * InputLayout.Height * InputLayout.Width;

    private void FindCenters(ReadOnlySpan<double> sums, float* centers)
    {
        for (int first = 0; first < Channels; first += GroupChannels)
        {
            new Span<float>(centers + first, GroupChannels).Fill((float)(Total(sums.Slice(first, GroupChannels)) / GroupLength));
        }
    }

    private void FindScales(ReadOnlySpan<double> sums, ReadOnlySpan<double> squares, float* scales, float* shifts)
    {
        for (int first = 0; first < Channels; first += GroupChannels)
        {
            double offset = Total(sums.Slice(first, GroupChannels)) / GroupLength;
            double variance = (Total(squares.Slice(first, GroupChannels)) / GroupLength) - (offset * offset);
            for (int c = first; c < first + GroupChannels; c++)
            {
                int channel = (FirstBlock * InputLayout.Lanes) + c;
                double scale = Weight[channel] / Math.Sqrt(variance + Eps);
                scales[c] = (float)scale;
                shifts[c] = (float)(Bias[channel] - (scale * offset));
            }
        }
    }

    private static double Total(ReadOnlySpan<double> values)
    {
        double total = 0;
        foreach (double value in values)
        {
            total += value;
        }

        return total;
    }

    // Σ(x − center) and Σ(x − center)²: a row in float, rows in double.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumEachChannel<TLanes>(float* centers, Span<double> sums, Span<double> squares) where TLanes : unmanaged, ILanes<TLanes>
    {
        float* rowSums = stackalloc float[2 * TLanes.Count];
        var address = new MapAddress(InputLayout);
        sums[..squares.Length].Clear();
        squares.Clear();
        for (int block = 0; block < Blocks; block++)
        {
            int first = block * TLanes.Count;
            TLanes center = TLanes.Load(centers + first);
            for (int y = 0; y < InputLayout.Height; y++)
            {
                float* pixel = Input + address.Of(new MapRow(Image, FirstBlock + block, y));
                TLanes sum = TLanes.Zero, square = TLanes.Zero;
                for (float* end = pixel + ((nint)InputLayout.Width * TLanes.Count); pixel < end; pixel += TLanes.Count)
                {
                    TLanes difference = TLanes.Subtract(TLanes.Load(pixel), center);
                    sum = TLanes.Add(sum, difference);
                    square = TLanes.MultiplyAdd(difference, difference, square);
                }

                TLanes.Store(rowSums, sum);
                TLanes.Store(rowSums + TLanes.Count, square);
                for (int lane = 0; lane < TLanes.Count; lane++)
                {
                    sums[first + lane] += rowSums[lane];
                    squares[first + lane] += rowSums[TLanes.Count + lane];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalize<TLanes>(float* centers, float* scales, float* shifts) where TLanes : unmanaged, ILanes<TLanes>
    {
        var source = new MapAddress(InputLayout);
        var target = new MapAddress(OutputLayout);
        nint length = (nint)InputLayout.Width * TLanes.Count;
        for (int block = 0; block < Blocks; block++)
        {
            TLanes center = TLanes.Load(centers + (block * TLanes.Count));
            TLanes scale = TLanes.Load(scales + (block * TLanes.Count));
            TLanes shift = TLanes.Load(shifts + (block * TLanes.Count));
            for (int y = 0; y < InputLayout.Height; y++)
            {
                var row = new MapRow(Image, FirstBlock + block, y);
                float* from = Input + source.Of(row);
                float* to = Output + target.Of(row);
                for (nint i = 0; i < length; i += TLanes.Count)
                {
                    TLanes.Store(to + i, TLanes.MultiplyAdd(TLanes.Subtract(TLanes.Load(from + i), center), scale, shift));
                }

                ActivationRow.Apply<TLanes>(to, InputLayout.Width, Activation);
            }
        }
    }
}
