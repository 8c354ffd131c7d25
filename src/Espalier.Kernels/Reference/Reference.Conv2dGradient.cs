using System.Numerics;

namespace Espalier.Kernels;

// Gradients. All of them add to what is there, because a value that several readers share gets the sum of their gradients.
public static partial class Reference
{
    /// <summary>The gradient of <see cref="Conv2d"/>: every product of the forward pass gives its weight the pixel, and its pixel the weight.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="outputChannels">Filters.</param>
    /// <param name="geometry">Kernel, stride, padding, dilation, groups.</param>
    /// <param name="outputGradient">Batch x <see cref="Conv2dGeometry.Output"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>, added to; or empty.</param>
    /// <param name="weightGradient">As <paramref name="weights"/>, added to; or empty.</param>
    /// <param name="biasGradient">One number for each output channel, added to; or empty.</param>
    public static void Conv2dGradient<T>(
        ReadOnlySpan<T> input, int batch, ImageShape shape, ReadOnlySpan<T> weights, int outputChannels, Conv2dGeometry geometry,
        ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T>
    {
        ImageShape outputShape = geometry.Output(shape, outputChannels);
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(outputGradient.Length, (long)batch * outputShape.Length, nameof(outputGradient));
        Expect.LengthOrEmpty(inputGradient.Length, input.Length, nameof(inputGradient));
        Expect.LengthOrEmpty(weightGradient.Length, weights.Length, nameof(weightGradient));
        Expect.LengthOrEmpty(biasGradient.Length, outputChannels, nameof(biasGradient));
        for (int n = 0; n < batch; n++)
        {
            for (int o = 0; o < outputChannels; o++)
            {
                ReadOnlySpan<T> plane = Plane(outputGradient, outputShape, n, o);
                for (int pixel = 0; pixel < plane.Length; pixel++)
                {
                    if (!biasGradient.IsEmpty)
                    {
                        biasGradient[o] += plane[pixel];
                    }

                    PixelGradient(
                        input, shape, n, o, outputChannels, weights, geometry, pixel / outputShape.Width, pixel % outputShape.Width,
                        plane[pixel], inputGradient, weightGradient);
                }
            }
        }
    }

    private static void PixelGradient<T>(
        ReadOnlySpan<T> input, ImageShape shape, int n, int o, int outputChannels, ReadOnlySpan<T> weights, Conv2dGeometry geometry,
        int y, int x, T gradient, Span<T> inputGradient, Span<T> weightGradient)
        where T : IFloatingPointIeee754<T>
    {
        int groupInputs = shape.Channels / geometry.Groups;
        int firstChannel = o / (outputChannels / geometry.Groups) * groupInputs;
        int weight = o * groupInputs * geometry.KernelHeight * geometry.KernelWidth;
        for (int c = firstChannel; c < firstChannel + groupInputs; c++)
        {
            for (int i = 0; i < geometry.KernelHeight; i++)
            {
                for (int j = 0; j < geometry.KernelWidth; j++, weight++)
                {
                    int row = (y * geometry.StrideHeight) - geometry.Padding.Top + (i * geometry.DilationHeight);
                    int column = (x * geometry.StrideWidth) - geometry.Padding.Left + (j * geometry.DilationWidth);
                    if ((uint)row >= (uint)shape.Height || (uint)column >= (uint)shape.Width)
                    {
                        continue;
                    }

                    int at = (n * shape.Length) + (c * shape.Pixels) + (row * shape.Width) + column;
                    if (!inputGradient.IsEmpty)
                    {
                        inputGradient[at] += gradient * weights[weight];
                    }

                    if (!weightGradient.IsEmpty)
                    {
                        weightGradient[weight] += gradient * input[at];
                    }
                }
            }
        }
    }
}
