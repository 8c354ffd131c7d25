using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The binomial filter (1, 2, 1) / 4 along both axes with stride 2 over a map whose border is reflected, and its gradient (Zhang 2019).</summary>
/// <remarks>Bit-identical for any number of parts. The border of the layouts is neither read nor written: reflected pixels are read where they are.</remarks>
internal static unsafe class BlurPoolKernel
{
    /// <summary>The filtered map.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>: at least 2x2 pixels.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of the output: half the height and width, rounded up.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute, of the output rows of all images.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Run(ReadOnlySpan<float> input, BlockedLayout inputLayout, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        ExpectHalf(inputLayout, outputLayout);
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(MapRow.Count(outputLayout, batch), part, parts);
        fixed (float* from = input, to = output)
        {
            LanesDispatch.Run(outputLayout.Lanes, new Job(from, inputLayout, to, outputLayout, begin, end));
        }
    }

    /// <summary>The gradient: every output pixel adds its gradient, times the filter, to the pixels it was computed from.</summary>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute, of the blocks of all images.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Gradient(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        ExpectHalf(targetLayout, gradientLayout);
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        targetLayout.ExpectBatch(batch, target.Length, nameof(target));
        (int begin, int end) = WorkSplit.Range(batch * targetLayout.Blocks, part, parts);
        fixed (float* from = gradient, to = target)
        {
            LanesDispatch.Run(targetLayout.Lanes, new BackwardJob(from, gradientLayout, to, targetLayout, accumulate, begin, end));
        }
    }

    private static void ExpectHalf(BlockedLayout map, BlockedLayout half)
    {
        Expect.That(
            map.Height >= 2 && map.Width >= 2 && half.Height == (map.Height + 1) / 2 && half.Width == (map.Width + 1) / 2, $"{map} filtered with stride 2 does not give {half}");
        Expect.That(map.Channels == half.Channels && map.Lanes == half.Lanes, "pooling changes neither channels nor lanes");
    }

    // The pixels before and after every second pixel of an axis, reflected at its ends.
    private static (int Before, int At, int After) Taps(int output, int extent) =>
        (PaddingMode.Reflect.Source((2 * output) - 1, extent), 2 * output, PaddingMode.Reflect.Source((2 * output) + 1, extent));

    private readonly struct Job(float* input, BlockedLayout inputLayout, float* output, BlockedLayout outputLayout, int begin, int end) : ILanesJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            var source = new MapAddress(inputLayout);
            var target = new MapAddress(outputLayout);
            nint stride = inputLayout.RowStride;
            for (int unit = begin; unit < end; unit++)
            {
                MapRow row = MapRow.At(unit, outputLayout);
                (int above, int at, int below) = Taps(row.Row, inputLayout.Height);
                float* plane = input + source.Of(row with { Row = 0 });
                Row<TLanes>(plane + (above * stride), plane + (at * stride), plane + (below * stride), output + target.Of(row));
            }
        }

        // The column to the right of one output pixel is the one to the left of the next.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Row<TLanes>(float* above, float* at, float* below, float* to) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes two = TLanes.Broadcast(2), scale = TLanes.Broadcast(1f / 16);
            nint width = (nint)inputLayout.Width * TLanes.Count;
            nint last = width - (2 * TLanes.Count); // what lies beyond the last pixel reflects the one before it
            TLanes left = Column(above, at, below, TLanes.Count, two);
            for (nint x = 0; x < width; x += 2 * TLanes.Count, to += TLanes.Count)
            {
                TLanes right = Column(above, at, below, x + TLanes.Count < width ? x + TLanes.Count : last, two);
                TLanes sum = TLanes.MultiplyAdd(two, Column(above, at, below, x, two), TLanes.Add(left, right));
                TLanes.Store(to, TLanes.Multiply(sum, scale));
                left = right;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Column<TLanes>(float* above, float* at, float* below, nint x, TLanes two) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.MultiplyAdd(two, TLanes.Load(at + x), TLanes.Add(TLanes.Load(above + x), TLanes.Load(below + x)));
    }

    private readonly struct BackwardJob(float* gradient, BlockedLayout gradientLayout, float* target, BlockedLayout targetLayout, bool accumulate, int begin, int end) : ILanesJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            nint stride = targetLayout.RowStride;
            for (int plane = begin; plane < end; plane++)
            {
                MapRow first = new(plane / targetLayout.Blocks, plane % targetLayout.Blocks, 0);
                float* from = gradient + new MapAddress(gradientLayout).Of(first);
                float* to = target + new MapAddress(targetLayout).Of(first);
                for (int y = 0; y < targetLayout.Height && !accumulate; y++)
                {
                    new Span<float>(to + (y * stride), targetLayout.Width * TLanes.Count).Clear();
                }

                for (int y = 0; y < gradientLayout.Height; y++, from += gradientLayout.RowStride)
                {
                    (int above, int at, int below) = Taps(y, targetLayout.Height);
                    AddRow<TLanes>(from, 1f / 16, to + (above * stride));
                    AddRow<TLanes>(from, 2f / 16, to + (at * stride));
                    AddRow<TLanes>(from, 1f / 16, to + (below * stride));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddRow<TLanes>(float* from, float weight, float* to) where TLanes : unmanaged, ILanes<TLanes>
        {
            TLanes one = TLanes.Broadcast(weight), two = TLanes.Broadcast(2 * weight);
            for (int x = 0; x < gradientLayout.Width; x++, from += TLanes.Count)
            {
                (int before, int at, int after) = Taps(x, targetLayout.Width);
                Add(to + ((nint)before * TLanes.Count), from, one);
                Add(to + ((nint)at * TLanes.Count), from, two);
                Add(to + ((nint)after * TLanes.Count), from, one);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add<TLanes>(float* to, float* from, TLanes weight) where TLanes : unmanaged, ILanes<TLanes> =>
            TLanes.Store(to, TLanes.MultiplyAdd(TLanes.Load(from), weight, TLanes.Load(to)));
    }
}
