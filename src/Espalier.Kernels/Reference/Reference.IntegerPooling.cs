using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Max pool of 8-bit numbers, which keep their scale: the maximum of each window; padding is ignored; a window without any pixel gives 0, the least number.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="geometry">The windows.</param>
    /// <param name="output">Batch x <see cref="PoolGeometry.Output"/>.</param>
    public static void IntegerMaxPool(ReadOnlySpan<byte> input, int batch, FeatureMap shape, PoolGeometry geometry, Span<byte> output) =>
        IntegerPool(
            input, batch, shape, geometry.Output(shape), output, (y, x) => (geometry.Rows(y, shape.Height), geometry.Columns(x, shape.Width)),
            (plane, rows, columns) => IntegerGreatest(plane, shape.Width, rows, columns));

    /// <summary>Average pool: the exact sum of (x − zero point), times <see cref="Requantization.MeanMultiplier"/> of the window's count, requantized.</summary>
    /// <remarks>Counts are those of <see cref="AveragePool"/>; padding adds nothing to the sum. A window without any pixel gives the output's zero point, clamped.</remarks>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="geometry">The windows, without dilation.</param>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="inputScale">Scale of the input.</param>
    /// <param name="outputScale">Scale of the output.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="output">Batch x <see cref="PoolGeometry.Output"/>.</param>
    public static void IntegerAveragePool(
        ReadOnlySpan<byte> input, int batch, FeatureMap shape, PoolGeometry geometry, int zeroPoint, float inputScale, float outputScale, Requantization to, Span<byte> output)
    {
        Expect.That(geometry.Dilation == 1, "an average pool has no dilation");
        IntegerPool(
            input, batch, shape, geometry.Output(shape), output, (y, x) => (geometry.Rows(y, shape.Height), geometry.Columns(x, shape.Width)),
            (plane, rows, columns) => IntegerMean(
                plane, shape.Width, rows, columns, geometry.CountIncludePad ? rows.InsideOrPadding * columns.InsideOrPadding : rows.Inside * columns.Inside,
                zeroPoint, inputScale, outputScale, to));
    }

    /// <summary>Adaptive average pool with the windows of <see cref="AdaptiveAveragePool"/>; a global average pool has an output of 1x1.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="outputSize">Output height and width.</param>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="inputScale">Scale of the input.</param>
    /// <param name="outputScale">Scale of the output.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    /// <param name="output">Batch x channels x output height x output width.</param>
    public static void IntegerAdaptiveAveragePool(
        ReadOnlySpan<byte> input, int batch, FeatureMap shape, Size outputSize, int zeroPoint, float inputScale, float outputScale, Requantization to, Span<byte> output) =>
        IntegerPool(
            input, batch, shape, FeatureMap.Of(shape.Channels, outputSize), output,
            (y, x) => (PoolWindow.Adaptive(y, shape.Height, outputSize.Height), PoolWindow.Adaptive(x, shape.Width, outputSize.Width)),
            (plane, rows, columns) => IntegerMean(plane, shape.Width, rows, columns, rows.Inside * columns.Inside, zeroPoint, inputScale, outputScale, to));

    /// <summary>Adaptive max pool of 8-bit numbers, with the windows of <see cref="AdaptiveAveragePool"/>.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="outputSize">Output height and width.</param>
    /// <param name="output">Batch x channels x output height x output width.</param>
    public static void IntegerAdaptiveMaxPool(ReadOnlySpan<byte> input, int batch, FeatureMap shape, Size outputSize, Span<byte> output) =>
        IntegerPool(
            input, batch, shape, FeatureMap.Of(shape.Channels, outputSize), output,
            (y, x) => (PoolWindow.Adaptive(y, shape.Height, outputSize.Height), PoolWindow.Adaptive(x, shape.Width, outputSize.Width)),
            (plane, rows, columns) => IntegerGreatest(plane, shape.Width, rows, columns));

    private delegate byte IntegerReduction(ReadOnlySpan<byte> plane, PoolWindow rows, PoolWindow columns);

    private static void IntegerPool(
        ReadOnlySpan<byte> input, int batch, FeatureMap shape, FeatureMap outputShape, Span<byte> output,
        Func<int, int, (PoolWindow Rows, PoolWindow Columns)> window, IntegerReduction reduce)
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, (long)batch * outputShape.Length, nameof(output));
        for (int plane = 0; plane < batch * shape.Channels; plane++)
        {
            for (int i = 0; i < outputShape.Pixels; i++)
            {
                (PoolWindow rows, PoolWindow columns) = window(i / outputShape.Width, i % outputShape.Width);
                output[(plane * outputShape.Pixels) + i] = reduce(input.Slice(plane * shape.Pixels, shape.Pixels), rows, columns);
            }
        }
    }

    private static byte IntegerGreatest(ReadOnlySpan<byte> plane, int width, PoolWindow rows, PoolWindow columns)
    {
        byte greatest = 0;
        for (int i = rows.First; i < rows.End; i++)
        {
            for (int j = columns.First; j < columns.End; j++)
            {
                greatest = Math.Max(greatest, plane[(rows.Position(i) * width) + columns.Position(j)]);
            }
        }

        return greatest;
    }

    private static byte IntegerMean(
        ReadOnlySpan<byte> plane, int width, PoolWindow rows, PoolWindow columns, int count, int zeroPoint, float inputScale, float outputScale, Requantization to)
    {
        int sum = 0;
        for (int i = rows.First; i < rows.End; i++)
        {
            for (int j = columns.First; j < columns.End; j++)
            {
                sum = checked(sum + plane[(rows.Position(i) * width) + columns.Position(j)] - zeroPoint);
            }
        }

        return to.Round(rows.Inside == 0 || columns.Inside == 0 ? 0 : sum * Requantization.MeanMultiplier(inputScale, outputScale, count));
    }
}
