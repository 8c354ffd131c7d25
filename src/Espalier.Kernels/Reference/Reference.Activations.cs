using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Applies <paramref name="activation"/> to every element.</summary>
    /// <param name="input">The input.</param>
    /// <param name="activation">Which function.</param>
    /// <param name="output">As long as <paramref name="input"/>; may be the same memory.</param>
    public static void Activate<T>(ReadOnlySpan<T> input, Activation activation, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < input.Length; i++)
        {
            output[i] = activation.Of(input[i]);
        }
    }

    /// <summary>Softmax over the channels of each pixel of each image.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image; a vector of classes is classes x 1 x 1.</param>
    /// <param name="output">As <paramref name="input"/>; may be the same memory.</param>
    public static void Softmax<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int n = 0; n < batch; n++)
        {
            for (int pixel = 0; pixel < shape.Pixels; pixel++)
            {
                SoftmaxOf(input, output, (n * shape.Length) + pixel, shape.Pixels, shape.Channels);
            }
        }
    }

    private static void SoftmaxOf<T>(ReadOnlySpan<T> input, Span<T> output, int start, int step, int count) where T : IFloatingPointIeee754<T>
    {
        T greatest = T.NegativeInfinity;
        for (int c = 0; c < count; c++)
        {
            greatest = T.Max(greatest, input[start + (c * step)]);
        }

        T sum = T.Zero;
        for (int c = 0; c < count; c++)
        {
            // Subtracting the maximum does not change the result over the reals and prevents overflow of the exponential.
            T power = T.Exp(input[start + (c * step)] - greatest);
            output[start + (c * step)] = power;
            sum += power;
        }

        for (int c = 0; c < count; c++)
        {
            output[start + (c * step)] /= sum;
        }
    }
}
