using System.Buffers;

namespace Espalier.Kernels;

/// <summary>Gradients of max, average and adaptive average pools.</summary>
/// <remarks>
/// Every method computes part <c>part</c> of <c>parts</c> (blocks of all images, because windows overlap), bit-identical for any number of parts, and
/// overwrites its target or adds to it. Borders are neither read nor written.
/// </remarks>
internal static unsafe class PoolGradient
{
    /// <summary>Max pool: a window's gradient goes to its first maximum, as in PyTorch.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>: the pool's input.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>: the pool's output.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="geometry">The windows; <see langword="null"/> for an adaptive pool.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Max(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> output, BlockedLayout outputLayout, PoolGeometry? geometry,
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(targetLayout) && outputLayout.HasSameMap(gradientLayout), "a gradient has its value's map");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        fixed (float* x = input, y = output)
        {
            Run(x, inputLayout, y, outputLayout, geometry, gradient, gradientLayout, target, targetLayout, accumulate, batch, part, parts);
        }
    }

    /// <summary>Average pool: a window's gradient is distributed evenly to its pixels, with the pool's own divisor.</summary>
    /// <param name="geometry">The windows, without dilation; <see langword="null"/> for an adaptive pool.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Average(
        PoolGeometry? geometry, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts) =>
        Run(null, targetLayout, null, gradientLayout, geometry, gradient, gradientLayout, target, targetLayout, accumulate, batch, part, parts);

    private static void Run(
        float* input, BlockedLayout inputLayout, float* output, BlockedLayout outputLayout, PoolGeometry? geometry,
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        targetLayout.ExpectBatch(batch, target.Length, nameof(target));
        Expect.That(gradientLayout.Channels == targetLayout.Channels && gradientLayout.Lanes == targetLayout.Lanes, "pooling changes neither channels nor lanes");
        (int begin, int end) = WorkSplit.Range(batch * targetLayout.Blocks, part, parts);
        if (begin == end)
        {
            return;
        }

        PoolSpan[] spans = ArrayPool<PoolSpan>.Shared.Rent(gradientLayout.Height + gradientLayout.Width);
        PoolSpan.Fill(spans, geometry, targetLayout, gradientLayout);
        fixed (float* from = gradient, to = target)
        fixed (PoolSpan* rowSpans = spans)
        {
            LanesDispatch.Run(targetLayout.Lanes, new PoolGradientJob
            {
                Input = input,
                InputLayout = inputLayout,
                Output = output,
                OutputLayout = outputLayout,
                Gradient = from,
                GradientLayout = gradientLayout,
                Target = to,
                TargetLayout = targetLayout,
                RowSpans = rowSpans,
                ColumnSpans = rowSpans + gradientLayout.Height,
                Dilation = geometry?.Dilation ?? 1,
                Accumulate = accumulate,
                First = begin,
                End = end,
            });
        }

        ArrayPool<PoolSpan>.Shared.Return(spans);
    }
}
