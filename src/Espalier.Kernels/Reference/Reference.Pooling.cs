using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Max pool: the maximum of each window; padding is ignored; a NaN in the window gives NaN.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="geometry">The windows.</param>
    /// <param name="output">Batch x <see cref="PoolGeometry.Output"/>; a window without any pixel gives −∞, as in PyTorch.</param>
    public static void MaxPool<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, PoolGeometry geometry, Span<T> output)
        where T : IFloatingPointIeee754<T> =>
        Pool(input, batch, shape, geometry.Output(shape), output, (y, x) => (geometry.Rows(y, shape.Height), geometry.Columns(x, shape.Width)), GreatestOf);

    /// <summary>Average pool: the mean of each window.</summary>
    /// <remarks>
    /// PyTorch's divisor: with <see cref="PoolGeometry.CountIncludePad"/> the number of pixels of the window on the input or its padding
    /// (pixels of a last window in ceil mode beyond the padding do not count), without it those on the input.
    /// </remarks>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="geometry">The windows, without dilation.</param>
    /// <param name="output">Batch x <see cref="PoolGeometry.Output"/>; a window without any pixel gives 0.</param>
    public static void AveragePool<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, PoolGeometry geometry, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        Expect.That(geometry.Dilation == 1, "an average pool has no dilation");
        Pool(
            input, batch, shape, geometry.Output(shape), output,
            (y, x) => (geometry.Rows(y, shape.Height), geometry.Columns(x, shape.Width)),
            geometry.CountIncludePad ? MeanWithPaddingOf : MeanOf);
    }

    /// <summary>Adaptive average pool: output row y is the mean of rows ⌊y·H/h⌋ to ⌈(y + 1)·H/h⌉ − 1, and likewise for columns.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="outputHeight">Output height h.</param>
    /// <param name="outputWidth">Output width.</param>
    /// <param name="output">Batch x channels x output height x output width.</param>
    public static void AdaptiveAveragePool<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, int outputHeight, int outputWidth, Span<T> output)
        where T : IFloatingPointIeee754<T> =>
        Pool(
            input, batch, shape, new FeatureMap(shape.Channels, outputHeight, outputWidth), output,
            (y, x) => (PoolWindow.Adaptive(y, shape.Height, outputHeight), PoolWindow.Adaptive(x, shape.Width, outputWidth)),
            MeanOf);

    /// <summary>Adaptive max pool: the maximum of each of the windows of <see cref="AdaptiveAveragePool"/>; a NaN in the window gives NaN.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="outputHeight">Output height.</param>
    /// <param name="outputWidth">Output width.</param>
    /// <param name="output">Batch x channels x output height x output width.</param>
    public static void AdaptiveMaxPool<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, int outputHeight, int outputWidth, Span<T> output)
        where T : IFloatingPointIeee754<T> =>
        Pool(
            input, batch, shape, new FeatureMap(shape.Channels, outputHeight, outputWidth), output,
            (y, x) => (PoolWindow.Adaptive(y, shape.Height, outputHeight), PoolWindow.Adaptive(x, shape.Width, outputWidth)),
            GreatestOf);

    private delegate T Reduction<T>(ReadOnlySpan<T> plane, int width, PoolWindow rows, PoolWindow columns);

    private static void Pool<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, FeatureMap outputShape, Span<T> output,
        Func<int, int, (PoolWindow Rows, PoolWindow Columns)> window, Reduction<T> reduce)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, (long)batch * outputShape.Length, nameof(output));
        for (int n = 0; n < batch; n++)
        {
            for (int c = 0; c < shape.Channels; c++)
            {
                ReadOnlySpan<T> plane = Plane(input, shape, n, c);
                Span<T> target = Plane(output, outputShape, n, c);
                for (int i = 0; i < target.Length; i++)
                {
                    (PoolWindow rows, PoolWindow columns) = window(i / outputShape.Width, i % outputShape.Width);
                    target[i] = reduce(plane, shape.Width, rows, columns);
                }
            }
        }
    }

    private static T GreatestOf<T>(ReadOnlySpan<T> plane, int width, PoolWindow rows, PoolWindow columns) where T : IFloatingPointIeee754<T>
    {
        T greatest = T.NegativeInfinity;
        for (int i = rows.First; i < rows.End; i++)
        {
            for (int j = columns.First; j < columns.End; j++)
            {
                greatest = T.Max(greatest, plane[(rows.Position(i) * width) + columns.Position(j)]);
            }
        }

        return greatest;
    }

    private static T MeanOf<T>(ReadOnlySpan<T> plane, int width, PoolWindow rows, PoolWindow columns) where T : IFloatingPointIeee754<T> =>
        Mean(plane, width, rows, columns, rows.Inside * columns.Inside);

    private static T MeanWithPaddingOf<T>(ReadOnlySpan<T> plane, int width, PoolWindow rows, PoolWindow columns)
        where T : IFloatingPointIeee754<T> =>
        Mean(plane, width, rows, columns, rows.InsideOrPadding * columns.InsideOrPadding);

    private static T Mean<T>(ReadOnlySpan<T> plane, int width, PoolWindow rows, PoolWindow columns, int divisor)
        where T : IFloatingPointIeee754<T>
    {
        if (rows.Inside == 0 || columns.Inside == 0)
        {
            return T.Zero;
        }

        T sum = T.Zero;
        for (int i = rows.First; i < rows.End; i++)
        {
            for (int j = columns.First; j < columns.End; j++)
            {
                sum += plane[(rows.Position(i) * width) + columns.Position(j)];
            }
        }

        return sum / T.CreateChecked(divisor);
    }
}
