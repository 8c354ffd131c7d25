using System.Buffers;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Combines the moments of all chunks and writes y, in the order of memory.</summary>
internal readonly unsafe struct NormalizeJob : ILanesJob
{
    internal required BatchNormProblem Problem { get; init; }

    internal required BatchNormChunks Chunks { get; init; }

    internal required int Batch { get; init; }

    internal required float* Input { get; init; }

    internal required float* Residual { get; init; }

    internal required float* Output { get; init; }

    internal required float* Moments { get; init; }

    /// <summary>The number of images of each chunk, or <see langword="null"/> where the chunks are those of the batch.</summary>
    internal required int* ChunkImages { get; init; }

    internal required int ChunkCount { get; init; }

    internal required float* Weight { get; init; }

    internal required float* Bias { get; init; }

    internal required float* Mean { get; init; }

    internal required float* Variance { get; init; }

    internal required float* InverseDeviation { get; init; }

    internal required int First { get; init; }

    internal required int End { get; init; }

    /// <summary>Whether this part writes the mean, the variance and 1 / √(variance + eps).</summary>
    internal required bool Saves { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        int blocks = Problem.Input.Blocks;
        (int height, nint width, bool relu) = (Problem.Input.Height, (nint)Problem.Input.Width * TLanes.Count, Problem.Relu);
        var x = new BatchNormPlanes(Input, Problem.Input);
        var y = new BatchNormPlanes(Output, Problem.Output);
        var r = new BatchNormPlanes(Residual, Problem.Residual ?? Problem.Output);
        float[] rented = ArrayPool<float>.Shared.Rent(blocks * BatchNormFactors.Vectors * TLanes.Count);
        fixed (float* factors = rented)
        {
            for (int block = 0; block < blocks && (Saves || First < End); block++)
            {
                Combine(block, TLanes.Count, factors + (block * BatchNormFactors.Vectors * TLanes.Count));
            }

            for (int unit = First; unit < End; unit++)
            {
                (int image, int block) = Math.DivRem(unit, blocks);
                float* own = factors + (block * BatchNormFactors.Vectors * TLanes.Count);
                if (r.IsMissing)
                {
                    Plane<TLanes, Constant.C0>(x.At(image, block), x.Row, null, 0, y.At(image, block), y.Row, height, width, relu, own);
                }
                else
                {
                    Plane<TLanes, Constant.C1>(x.At(image, block), x.Row, r.At(image, block), r.Row, y.At(image, block), y.Row, height, width, relu, own);
                }
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plane<TLanes, TResidual>(float* x, nint xRow, float* r, nint rRow, float* y, nint yRow, int height, nint width, bool relu, float* factors)
        where TLanes : unmanaged, ILanes<TLanes>
        where TResidual : struct, IConstant
    {
        TLanes mean = TLanes.Load(factors);
        TLanes scale = TLanes.Load(factors + TLanes.Count);
        TLanes bias = TLanes.Load(factors + (2 * TLanes.Count));
        TLanes low = TLanes.Broadcast(relu ? 0 : float.NegativeInfinity);
        for (int line = 0; line < height; line++, x += xRow, r += rRow, y += yRow)
        {
            for (nint i = 0; i < width; i += TLanes.Count)
            {
                TLanes value = TLanes.MultiplyAdd(TLanes.Subtract(TLanes.Load(x + i), mean), scale, bias);
                value = TResidual.Value == 1 ? TLanes.Add(value, TLanes.Load(r + i)) : value;
                TLanes.Store(y + i, TLanes.Max(low, value));
            }
        }
    }

    /// <summary>The factors of a block's channels; the first part also stores what the backward pass needs.</summary>
    private void Combine(int block, int lanes, float* factors)
    {
        float* moments = stackalloc float[2 * lanes];
        for (int lane = 0; lane < lanes; lane++)
        {
            int channel = (block * lanes) + lane;
            bool isChannel = channel < Problem.Input.Channels;
            (double mean, double variance) = isChannel ? Combine(block, lanes, lane) : (0, 0);
            moments[lane] = (float)mean;
            moments[lanes + lane] = isChannel ? (float)(1 / Math.Sqrt(variance + Problem.Eps)) : 0;
            if (Saves)
            {
                (Mean[channel], Variance[channel], InverseDeviation[channel]) = (moments[lane], (float)variance, moments[lanes + lane]);
            }
        }

        BatchNormFactors.Set(factors, Problem.Input, block, moments, moments + lanes, Weight, Bias);
    }

    private (double Mean, double Variance) Combine(int block, int lanes, int lane)
    {
        (double mean, double squares, double seen) = (0, 0, 0);
        for (int chunk = 0; chunk < ChunkCount; chunk++)
        {
            double count = (double)ImagesOf(chunk) * Problem.Input.Height * Problem.Input.Width;
            float* from = Moments + ((((nint)chunk * Problem.Input.Blocks) + block) * 2 * lanes) + lane;
            double distance = from[0] - mean;
            double share = count / (seen + count);
            mean += distance * share;
            squares += from[lanes] + (distance * distance * seen * share);
            seen += count;
        }

        return (mean, squares / seen);
    }

    private int ImagesOf(int chunk)
    {
        (int first, int end) = ChunkImages == null ? Chunks.Range(chunk, Batch) : (0, ChunkImages[chunk]);
        return end - first;
    }
}
