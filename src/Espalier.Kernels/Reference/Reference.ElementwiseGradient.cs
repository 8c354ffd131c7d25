using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>The gradient of <see cref="Activate"/>, added to the target.</summary>
    /// <param name="input">The activation's input.</param>
    /// <param name="activation">Which function.</param>
    /// <param name="outputGradient">As long as <paramref name="input"/>.</param>
    /// <param name="inputGradient">As long as <paramref name="input"/>.</param>
    public static void ActivateGradient<T>(ReadOnlySpan<T> input, Activation activation, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(outputGradient.Length, input.Length, nameof(outputGradient));
        Expect.Length(inputGradient.Length, input.Length, nameof(inputGradient));
        for (int i = 0; i < input.Length; i++)
        {
            inputGradient[i] += outputGradient[i] * activation.Derivative(input[i]);
        }
    }

    /// <summary>The gradient of <see cref="Softmax"/>, added to the target: dx = y·(dy − Σ y·dy) over the channels of a pixel.</summary>
    /// <param name="output">The softmax.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="outputGradient">As <paramref name="output"/>.</param>
    /// <param name="inputGradient">As <paramref name="output"/>.</param>
    public static void SoftmaxGradient<T>(ReadOnlySpan<T> output, int batch, FeatureMap shape, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T>
    {
        for (int pixel = 0; pixel < batch * shape.Pixels; pixel++)
        {
            int first = (pixel / shape.Pixels * shape.Length) + (pixel % shape.Pixels);
            T sum = T.Zero;
            for (int i = first; i < first + shape.Length; i += shape.Pixels)
            {
                sum += output[i] * outputGradient[i];
            }

            for (int i = first; i < first + shape.Length; i += shape.Pixels)
            {
                inputGradient[i] += output[i] * (outputGradient[i] - sum);
            }
        }
    }

    /// <summary>Adds factor · gradient to the target: the gradient of each term of a weighted sum.</summary>
    public static void AddScaled<T>(ReadOnlySpan<T> gradient, T factor, Span<T> sum) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(sum.Length, gradient.Length, nameof(sum));
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += factor * gradient[i];
        }
    }

    /// <summary>The gradient of <see cref="Multiply"/>, added to the target.</summary>
    /// <param name="a">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image of <paramref name="a"/>.</param>
    /// <param name="b">Batch x <paramref name="otherShape"/>.</param>
    /// <param name="otherShape"><paramref name="shape"/>, or its channels x 1 x 1.</param>
    /// <param name="outputGradient">As <paramref name="a"/>.</param>
    /// <param name="aGradient">As <paramref name="a"/>.</param>
    /// <param name="bGradient">As <paramref name="b"/>.</param>
    public static void MultiplyGradient<T>(
        ReadOnlySpan<T> a, int batch, FeatureMap shape, ReadOnlySpan<T> b, FeatureMap otherShape, ReadOnlySpan<T> outputGradient, Span<T> aGradient, Span<T> bGradient)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(a.Length, (long)batch * shape.Length, nameof(a));
        bool perChannel = otherShape != shape;
        for (int i = 0; i < a.Length; i++)
        {
            int j = perChannel ? i / shape.Pixels : i;
            aGradient[i] += outputGradient[i] * b[j];
            bGradient[j] += outputGradient[i] * a[i];
        }
    }
}
