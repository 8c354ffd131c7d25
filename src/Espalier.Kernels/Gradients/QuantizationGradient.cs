using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The gradient of the scale of a rounding to 8 bits; that of its input is <see cref="ElementwiseGradient.Quantize"/>.</summary>
internal static unsafe class QuantizationGradient
{
    /// <summary>For each image Σ gradient · (round(x/scale) − x/scale) over the elements whose rounded value is within 0 to 255 before it is limited, and Σ gradient · limit, counted from the zero point, over the others.</summary>
    /// <remarks>Computes part <paramref name="part"/> of <paramref name="parts"/> (images), bit-identical for any number of parts. Rows are summed in float, everything else in double.</remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="scale">The distance of neighbouring results.</param>
    /// <param name="zeroPoint">The integer that stands for 0.</param>
    /// <param name="sums">One for each image; overwritten.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Scale(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, float scale, byte zeroPoint, Span<double> sums, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(gradientLayout), "a gradient has its value's map");
        inputLayout.ExpectBatch(sums.Length, input.Length, nameof(input));
        gradientLayout.ExpectBatch(sums.Length, gradient.Length, nameof(gradient));
        (int begin, int end) = WorkSplit.Range(sums.Length, part, parts);
        fixed (float* x = input, g = gradient)
        fixed (double* sum = sums)
        {
            LanesDispatch.Run(inputLayout.Lanes, new Job(x, inputLayout, g, gradientLayout, scale, zeroPoint, sum, begin, end));
        }
    }

    private readonly struct Job(float* input, BlockedLayout inputLayout, float* gradient, BlockedLayout gradientLayout, float scale, byte zeroPoint, double* sums, int begin, int end) : ILanesJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            var (values, gradients) = (new MapAddress(inputLayout), new MapAddress(gradientLayout));
            float* lanes = stackalloc float[TLanes.Count];
            for (int image = begin; image < end; image++)
            {
                double sum = 0;
                for (int row = 0; row < inputLayout.Blocks * inputLayout.Height; row++)
                {
                    int block = row / inputLayout.Height, channels = Math.Min(TLanes.Count, inputLayout.Channels - (block * TLanes.Count)); // lanes without a channel do not count
                    var at = new MapRow(image, block, row % inputLayout.Height);
                    TLanes.Store(lanes, Row<TLanes>(input + values.Of(at), gradient + gradients.Of(at)));
                    for (int lane = 0; lane < channels; lane++)
                    {
                        sum += lanes[lane];
                    }
                }

                sums[image] = sum;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private TLanes Row<TLanes>(float* x, float* g) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes sum = TLanes.Zero, step = TLanes.Broadcast(scale), half = TLanes.Broadcast(0.5f);
            TLanes least = TLanes.Broadcast(-zeroPoint), greatest = TLanes.Broadcast(byte.MaxValue - zeroPoint), far = TLanes.Broadcast(2 * byte.MaxValue); // beyond all integers that there are
            for (nint i = 0; i < (nint)inputLayout.Width * TLanes.Count; i += TLanes.Count)
            {
                TLanes quotient = TLanes.Min(far, TLanes.Max(TLanes.Subtract(TLanes.Zero, far), TLanes.Divide(TLanes.Load(x + i), step)));
                TLanes integer = VectorOperations.Rounded(quotient), limited = TLanes.Min(greatest, TLanes.Max(least, integer));
                TLanes beyond = TLanes.Subtract(integer, limited);
                TLanes isInside = TLanes.Subtract(half, TLanes.Max(beyond, TLanes.Subtract(TLanes.Zero, beyond)));
                TLanes factor = TLanes.Subtract(limited, TLanes.SelectPositive(isInside, quotient, TLanes.Zero));
                sum = TLanes.MultiplyAdd(factor, TLanes.Load(g + i), sum);
            }

            return sum;
        }
    }
}
