using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Combines the moments of all chunks and writes y, block by block of channels, image by image.</summary>
internal readonly unsafe struct NormalizeJob : ILanesJob
{
    internal required BatchNormProblem Problem { get; init; }

    internal required BatchNormChunks Chunks { get; init; }

    internal required int Batch { get; init; }

    internal required float* Input { get; init; }

    internal required float* Residual { get; init; }

    internal required float* Output { get; init; }

    internal required float* Moments { get; init; }

    internal required float* Weight { get; init; }

    internal required float* Bias { get; init; }

    internal required float* Mean { get; init; }

    internal required float* Variance { get; init; }

    internal required float* InverseDeviation { get; init; }

    internal required int First { get; init; }

    internal required int End { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
    {
        BlockedLayout residualLayout = Problem.Residual ?? Problem.Output;
        float* factors = stackalloc float[BatchNormFactors.Vectors * TLanes.Count];
        float* moments = stackalloc float[2 * TLanes.Count];
        int current = -1;
        for (int unit = First; unit < End; unit++)
        {
            (int block, int image) = Math.DivRem(unit, Batch);
            if (block != current)
            {
                Combine(block, TLanes.Count, moments);
                BatchNormFactors.Set(factors, Problem.Input, block, moments, moments + TLanes.Count, Weight, Bias);
                current = block;
            }

            if (image == 0)
            {
                Save(block, TLanes.Count, moments);
            }

            float* x = Input + BatchNormFactors.Plane(Problem.Input, image, block);
            float* y = Output + BatchNormFactors.Plane(Problem.Output, image, block);
            float* r = Residual + BatchNormFactors.Plane(residualLayout, image, block);
            if (Residual == null)
            {
                Plane<TLanes, Constant.C0>(x, x, 0, y, factors);
            }
            else
            {
                Plane<TLanes, Constant.C1>(x, r, residualLayout.RowStride, y, factors);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Plane<TLanes, TResidual>(float* x, float* r, nint residualRow, float* y, float* factors)
        where TLanes : unmanaged, ILanes<TLanes>
        where TResidual : struct, IConstant
    {
        TLanes mean = TLanes.Load(factors);
        TLanes scale = TLanes.Load(factors + TLanes.Count);
        TLanes bias = TLanes.Load(factors + (2 * TLanes.Count));
        TLanes low = TLanes.Broadcast(Problem.Relu ? 0 : float.NegativeInfinity);
        nint width = (nint)Problem.Input.Width * TLanes.Count;
        for (int line = 0; line < Problem.Input.Height; line++)
        {
            for (nint i = 0; i < width; i += TLanes.Count)
            {
                TLanes value = TLanes.MultiplyAdd(TLanes.Subtract(TLanes.Load(x + i), mean), scale, bias);
                value = TResidual.Value == 1 ? TLanes.Add(value, TLanes.Load(r + i)) : value;
                TLanes.Store(y + i, TLanes.Max(low, value));
            }

            x += Problem.Input.RowStride;
            r += residualRow;
            y += Problem.Output.RowStride;
        }
    }

    /// <summary>The mean, and 1 / √(variance + eps), of a block's channels; zero in lanes without a channel.</summary>
    private void Combine(int block, int lanes, float* moments)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            bool isChannel = (block * lanes) + lane < Problem.Input.Channels;
            (double mean, double variance) = isChannel ? Combine(block, lanes, lane) : (0, 0);
            moments[lane] = (float)mean;
            moments[lanes + lane] = isChannel ? (float)(1 / Math.Sqrt(variance + Problem.Eps)) : 0;
        }
    }

    private (double Mean, double Variance) Combine(int block, int lanes, int lane)
    {
        (double mean, double squares, double seen) = (0, 0, 0);
        for (int chunk = 0; chunk < Chunks.Count(Batch); chunk++)
        {
            (int first, int end) = Chunks.Range(chunk, Batch);
            double count = (double)(end - first) * Problem.Input.Height * Problem.Input.Width;
            float* from = Moments + ((((nint)chunk * Problem.Input.Blocks) + block) * 2 * lanes) + lane;
            double distance = from[0] - mean;
            double share = count / (seen + count);
            mean += distance * share;
            squares += from[lanes] + (distance * distance * seen * share);
            seen += count;
        }

        return (mean, squares / seen);
    }

    private void Save(int block, int lanes, float* moments)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            int channel = (block * lanes) + lane;
            Mean[channel] = moments[lane];
            InverseDeviation[channel] = moments[lanes + lane];
            Variance[channel] = channel < Problem.Input.Channels ? (float)Combine(block, lanes, lane).Variance : 0;
        }
    }
}
