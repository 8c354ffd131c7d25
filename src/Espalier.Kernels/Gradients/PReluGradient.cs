using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The gradient of a parametric ReLU's slopes; that of its input is <see cref="ElementwiseGradient.PRelu"/>.</summary>
internal static unsafe class PReluGradient
{
    /// <summary>Σ gradient · x over the pixels of each channel of all images where x is not positive.</summary>
    /// <remarks>Computes part <paramref name="part"/> of <paramref name="parts"/> (blocks of channels), bit-identical for any number of parts. Rows are summed in float, everything else in double.</remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="sums">One for each channel, padded to whole blocks; overwritten.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Slopes(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, Span<double> sums, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(gradientLayout), "a gradient has its value's map");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        Expect.Length(sums.Length, inputLayout.PaddedChannels, nameof(sums));
        (int begin, int end) = WorkSplit.Range(inputLayout.Blocks, part, parts);
        sums[(begin * inputLayout.Lanes)..(end * inputLayout.Lanes)].Clear();
        fixed (float* x = input, g = gradient)
        fixed (double* sum = sums)
        {
            LanesDispatch.Run(inputLayout.Lanes, new Job(x, inputLayout, g, gradientLayout, sum, batch, begin, end));
        }
    }

    private readonly struct Job(float* input, BlockedLayout inputLayout, float* gradient, BlockedLayout gradientLayout, double* sums, int batch, int begin, int end) : ILanesJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            var (values, gradients) = (new MapAddress(inputLayout), new MapAddress(gradientLayout));
            float* lanes = stackalloc float[TLanes.Count];
            for (int block = begin; block < end; block++)
            {
                for (int row = 0; row < batch * inputLayout.Height; row++)
                {
                    var at = new MapRow(row / inputLayout.Height, block, row % inputLayout.Height);
                    TLanes.Store(lanes, Row<TLanes>(input + values.Of(at), gradient + gradients.Of(at)));
                    for (int lane = 0; lane < TLanes.Count; lane++)
                    {
                        sums[(block * TLanes.Count) + lane] += lanes[lane];
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private TLanes Row<TLanes>(float* x, float* g) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes sum = TLanes.Zero;
            for (nint i = 0; i < (nint)inputLayout.Width * TLanes.Count; i += TLanes.Count)
            {
                TLanes value = TLanes.Load(x + i);
                sum = TLanes.MultiplyAdd(TLanes.SelectPositive(value, TLanes.Zero, value), TLanes.Load(g + i), sum);
            }

            return sum;
        }
    }
}
