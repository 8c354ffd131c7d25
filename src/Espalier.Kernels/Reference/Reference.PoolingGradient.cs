using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>The gradient of <see cref="MaxPool"/>, added to the target: a window's gradient goes to its first maximum, as in PyTorch.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="geometry">The windows.</param>
    /// <param name="outputGradient">Batch x <see cref="PoolGeometry.Output"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>.</param>
    public static void MaxPoolGradient<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, PoolGeometry geometry, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T> =>
        GreatestGradient(
            input, batch, shape, geometry.Output(shape), outputGradient, inputGradient, (y, x) => (geometry.Rows(y, shape.Height), geometry.Columns(x, shape.Width)));

    /// <summary>The gradient of <see cref="AdaptiveMaxPool"/>, added to the target: a window's gradient goes to its first maximum, as in PyTorch.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="outputHeight">Output height.</param>
    /// <param name="outputWidth">Output width.</param>
    /// <param name="outputGradient">Batch x channels x output height x output width.</param>
    /// <param name="inputGradient">As <paramref name="input"/>.</param>
    public static void AdaptiveMaxPoolGradient<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, int outputHeight, int outputWidth, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T> =>
        GreatestGradient(
            input, batch, shape, new FeatureMap(shape.Channels, outputHeight, outputWidth), outputGradient, inputGradient,
            (y, x) => (PoolWindow.Adaptive(y, shape.Height, outputHeight), PoolWindow.Adaptive(x, shape.Width, outputWidth)));

    private static void GreatestGradient<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, FeatureMap outputShape, ReadOnlySpan<T> outputGradient, Span<T> inputGradient,
        Func<int, int, (PoolWindow Rows, PoolWindow Columns)> window)
        where T : IFloatingPointIeee754<T>
    {
        for (int i = 0; i < batch * outputShape.Length; i++)
        {
            int plane = i / outputShape.Pixels * shape.Pixels;
            (PoolWindow rows, PoolWindow columns) = window(i % outputShape.Pixels / outputShape.Width, i % outputShape.Width);
            int greatest = -1;
            foreach (int pixel in PixelsOf(rows, columns, shape.Width))
            {
                greatest = greatest < 0 || input[plane + pixel] > input[plane + greatest] || T.IsNaN(input[plane + pixel]) ? pixel : greatest;
            }

            if (greatest >= 0)
            {
                inputGradient[plane + greatest] += outputGradient[i];
            }
        }
    }

    /// <summary>The gradient of <see cref="AveragePool"/>, added to the target.</summary>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="geometry">The windows, without dilation.</param>
    /// <param name="outputGradient">Batch x <see cref="PoolGeometry.Output"/>.</param>
    /// <param name="inputGradient">Batch x <paramref name="shape"/>.</param>
    public static void AveragePoolGradient<T>(int batch, FeatureMap shape, PoolGeometry geometry, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T> =>
        MeanGradient(
            batch, shape, geometry.Output(shape), outputGradient, inputGradient, geometry.CountIncludePad,
            (y, x) => (geometry.Rows(y, shape.Height), geometry.Columns(x, shape.Width)));

    /// <summary>The gradient of <see cref="AdaptiveAveragePool"/>, added to the target.</summary>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="outputHeight">Output height.</param>
    /// <param name="outputWidth">Output width.</param>
    /// <param name="outputGradient">Batch x channels x output height x output width.</param>
    /// <param name="inputGradient">Batch x <paramref name="shape"/>.</param>
    public static void AdaptiveAveragePoolGradient<T>(int batch, FeatureMap shape, int outputHeight, int outputWidth, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T> =>
        MeanGradient(
            batch, shape, new FeatureMap(shape.Channels, outputHeight, outputWidth), outputGradient, inputGradient, false,
            (y, x) => (PoolWindow.Adaptive(y, shape.Height, outputHeight), PoolWindow.Adaptive(x, shape.Width, outputWidth)));

    private static void MeanGradient<T>(
        int batch, FeatureMap shape, FeatureMap outputShape, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, bool countPadding,
        Func<int, int, (PoolWindow Rows, PoolWindow Columns)> window)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(outputGradient.Length, (long)batch * outputShape.Length, nameof(outputGradient));
        Expect.Length(inputGradient.Length, (long)batch * shape.Length, nameof(inputGradient));
        for (int i = 0; i < outputGradient.Length; i++)
        {
            (PoolWindow rows, PoolWindow columns) = window(i % outputShape.Pixels / outputShape.Width, i % outputShape.Width);
            int divisor = countPadding ? rows.InsideOrPadding * columns.InsideOrPadding : rows.Inside * columns.Inside;
            foreach (int pixel in PixelsOf(rows, columns, shape.Width))
            {
                inputGradient[(i / outputShape.Pixels * shape.Pixels) + pixel] += outputGradient[i] / T.CreateChecked(divisor);
            }
        }
    }

    private static IEnumerable<int> PixelsOf(PoolWindow rows, PoolWindow columns, int width)
    {
        for (int i = rows.First; i < rows.End; i++)
        {
            for (int j = columns.First; j < columns.End; j++)
            {
                yield return (rows.Position(i) * width) + columns.Position(j);
            }
        }
    }
}
