using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>The gradients of <see cref="Conv2d"/>: all three are overwritten.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="weights">[output channels][input channels / groups][kernel height][kernel width].</param>
    /// <param name="outputChannels">Number of filters.</param>
    /// <param name="geometry">Kernel size, stride, padding, dilation, groups.</param>
    /// <param name="outputGradient">Batch x <see cref="Conv2dGeometry.Output"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>, or empty to skip it.</param>
    /// <param name="weightGradient">As <paramref name="weights"/>, or empty to skip it.</param>
    /// <param name="biasGradient">One value for each output channel, or empty to skip it.</param>
    /// <exception cref="ArgumentException">A span's length does not match its shape, or the groups do not divide the channels.</exception>
    public static void Conv2dGradient<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> weights, int outputChannels, Conv2dGeometry geometry,
        ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T>
    {
        FeatureMap outputShape = geometry.Output(shape, outputChannels);
        Expect.That(shape.Channels % geometry.Groups == 0 && outputChannels % geometry.Groups == 0, "groups must divide the channels");
        int groupInputs = shape.Channels / geometry.Groups;
        int groupOutputs = outputChannels / geometry.Groups;
        int positions = geometry.Kernel.Area;
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(weights.Length, (long)outputChannels * groupInputs * positions, nameof(weights));
        Expect.Length(outputGradient.Length, (long)batch * outputShape.Length, nameof(outputGradient));
        Expect.LengthOrEmpty(inputGradient.Length, input.Length, nameof(inputGradient));
        Expect.LengthOrEmpty(weightGradient.Length, weights.Length, nameof(weightGradient));
        Expect.LengthOrEmpty(biasGradient.Length, outputChannels, nameof(biasGradient));
        inputGradient.Clear();
        weightGradient.Clear();
        biasGradient.Clear();

        for (int n = 0; n < batch; n++)
        {
            for (int o = 0; o < outputChannels; o++)
            {
                ReadOnlySpan<T> gradient = outputGradient.Slice((n * outputShape.Length) + (o * outputShape.Pixels), outputShape.Pixels);
                AddToBias(gradient, biasGradient, o);
                for (int i = 0; i < groupInputs; i++)
                {
                    int plane = (n * shape.Length) + (((o / groupOutputs * groupInputs) + i) * shape.Pixels);
                    int filter = ((o * groupInputs) + i) * positions;
                    AddPlane(
                        input.Slice(plane, shape.Pixels), shape, weights.Slice(filter, positions), geometry, gradient, outputShape,
                        inputGradient.IsEmpty ? [] : inputGradient.Slice(plane, shape.Pixels),
                        weightGradient.IsEmpty ? [] : weightGradient.Slice(filter, positions));
                }
            }
        }
    }

    private static void AddToBias<T>(ReadOnlySpan<T> gradient, Span<T> biasGradient, int channel) where T : IFloatingPointIeee754<T>
    {
        if (!biasGradient.IsEmpty)
        {
            foreach (T value in gradient)
            {
                biasGradient[channel] += value;
            }
        }
    }

    // One pair of input and output channel: every product of the forward pass contributes to both gradients.
    private static void AddPlane<T>(
        ReadOnlySpan<T> input, FeatureMap shape, ReadOnlySpan<T> weights, Conv2dGeometry geometry, ReadOnlySpan<T> gradient, FeatureMap outputShape,
        Span<T> inputGradient, Span<T> weightGradient)
        where T : IFloatingPointIeee754<T>
    {
        for (int position = 0; position < weights.Length; position++)
        {
            (int i, int j) = Math.DivRem(position, geometry.Kernel.Width);
            for (int pixel = 0; pixel < gradient.Length; pixel++)
            {
                (int y, int x) = Math.DivRem(pixel, outputShape.Width);
                int row = (y * geometry.Stride.Height) - geometry.Padding.Top + (i * geometry.Dilation.Height);
                int column = (x * geometry.Stride.Width) - geometry.Padding.Left + (j * geometry.Dilation.Width);
                if ((uint)row < (uint)shape.Height && (uint)column < (uint)shape.Width)
                {
                    int place = (row * shape.Width) + column;
                    if (!inputGradient.IsEmpty)
                    {
                        inputGradient[place] += weights[position] * gradient[pixel];
                    }

                    if (!weightGradient.IsEmpty)
                    {
                        weightGradient[position] += input[place] * gradient[pixel];
                    }
                }
            }
        }
    }
}
