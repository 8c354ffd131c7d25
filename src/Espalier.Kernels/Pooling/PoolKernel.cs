using System.Buffers;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Max and average pools with windows of one size, and adaptive ones.</summary>
/// <remarks>
/// Every method computes part <c>part</c> of <c>parts</c> (output rows of all images), bit-identical for any number of parts. The input's border is
/// not read, whatever it contains; the output's is not written.
/// </remarks>
internal static unsafe class PoolKernel
{
    /// <summary>Max pool: the maximum of each window; NaN if the window contains one.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="geometry">The windows.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of the output, of <see cref="PoolGeometry.Output"/>'s size.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Max(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, PoolGeometry geometry,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        ExpectSize(inputLayout, geometry, outputLayout);
        Run<PoolReductions.Greatest>(input, inputLayout, geometry, output, outputLayout, batch, part, parts);
    }

    /// <summary>Average pool: the mean of each window, with the divisor of <see cref="Reference.AveragePool"/>.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="geometry">The windows, without dilation.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of the output, of <see cref="PoolGeometry.Output"/>'s size.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Average(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, PoolGeometry geometry,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        Expect.That(geometry.Dilation == 1, "an average pool has no dilation");
        ExpectSize(inputLayout, geometry, outputLayout);
        Run<PoolReductions.Mean>(input, inputLayout, geometry, output, outputLayout, batch, part, parts);
    }

    /// <summary>Adaptive average pool: the mean of evenly spread windows (see <see cref="Reference.AdaptiveAveragePool"/>); 1x1 output is the global mean.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of the output, of any size.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void AdaptiveAverage(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts) =>
        Run<PoolReductions.Mean>(input, inputLayout, null, output, outputLayout, batch, part, parts);

    /// <summary>Adaptive max pool: the maximum of evenly spread windows; 1x1 output is the global maximum.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of the output, of any size.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void AdaptiveMax(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts) =>
        Run<PoolReductions.Greatest>(input, inputLayout, null, output, outputLayout, batch, part, parts);

    private static void ExpectSize(BlockedLayout input, PoolGeometry geometry, BlockedLayout output)
    {
        Size expected = geometry.Output(new FeatureMap(input.Channels, input.Height, input.Width)).Size;
        Expect.That((output.Height, output.Width) == expected, $"pool of {input} to {output}: expected {expected} pixels");
    }

    private static void Run<TReduction>(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, PoolGeometry? geometry,
        Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
        where TReduction : IPoolReduction
    {
        Expect.That(inputLayout.Channels == outputLayout.Channels && inputLayout.Lanes == outputLayout.Lanes, "pooling changes neither channels nor lanes");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(MapRow.Count(outputLayout, batch), part, parts);
        if (begin == end)
        {
            return;
        }

        PoolSpan[] spans = ArrayPool<PoolSpan>.Shared.Rent(outputLayout.Height + outputLayout.Width);
        PoolSpan.Fill(spans, geometry, inputLayout, outputLayout);
        fixed (float* from = input, to = output)
        fixed (PoolSpan* rowSpans = spans)
        {
            LanesDispatch.Run(outputLayout.Lanes, new PoolJob<TReduction>
            {
                Input = from,
                InputLayout = inputLayout,
                Output = to,
                OutputLayout = outputLayout,
                RowSpans = rowSpans,
                ColumnSpans = rowSpans + outputLayout.Height,
                Dilation = geometry?.Dilation ?? 1,
                First = MapRow.At(begin, outputLayout),
                Rows = end - begin,
            });
        }

        ArrayPool<PoolSpan>.Shared.Return(spans);
    }
}
