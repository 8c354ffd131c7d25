using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Softmax of each pixel across groups of channels: channel c of each group is divided by channel c of all groups.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="radix">Number of groups; divides the channels.</param>
    /// <param name="output">As <paramref name="input"/>.</param>
    public static void RadixSoftmax<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, int radix, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        int each = shape.Length / radix;
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < output.Length; i++)
        {
            int first = (i / shape.Length * shape.Length) + (i % each);
            T greatest = T.NegativeInfinity;
            for (int group = 0; group < radix; group++)
            {
                greatest = T.Max(greatest, input[first + (group * each)]);
            }

            T sum = T.Zero;
            for (int group = 0; group < radix; group++)
            {
                sum += T.Exp(input[first + (group * each)] - greatest);
            }

            output[i] = T.Exp(input[i] - greatest) / sum;
        }
    }

    /// <summary>The gradient of <see cref="RadixSoftmax"/>, added to the target.</summary>
    /// <param name="output">Batch x <paramref name="shape"/>: the softmax.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="radix">Number of groups.</param>
    /// <param name="outputGradient">As <paramref name="output"/>.</param>
    /// <param name="inputGradient">As <paramref name="output"/>.</param>
    public static void RadixSoftmaxGradient<T>(ReadOnlySpan<T> output, int batch, FeatureMap shape, int radix, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T>
    {
        int each = shape.Length / radix;
        Expect.Length(output.Length, (long)batch * shape.Length, nameof(output));
        Expect.Length(outputGradient.Length, output.Length, nameof(outputGradient));
        Expect.Length(inputGradient.Length, output.Length, nameof(inputGradient));
        for (int i = 0; i < output.Length; i++)
        {
            int first = (i / shape.Length * shape.Length) + (i % each);
            T sum = T.Zero;
            for (int group = 0; group < radix; group++)
            {
                sum += output[first + (group * each)] * outputGradient[first + (group * each)];
            }

            inputGradient[i] += output[i] * (outputGradient[i] - sum);
        }
    }
}
