using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

// Norms over the channels of each pixel, and their gradients, which are added to their targets.
internal static partial class Reference
{
    /// <summary>Layer norm (Ba 2016) over the channels: normalizes all channels of each pixel to mean 0 and variance 1, then applies γ and β of the channel.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="weight">γ of each channel.</param>
    /// <param name="bias">β of each channel.</param>
    /// <param name="eps">The epsilon added to the (biased) variance.</param>
    /// <param name="output">As <paramref name="input"/>; may be the same memory.</param>
    public static void LayerNorm<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, T eps, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, input.Length, nameof(output));
        T[] values = new T[shape.Channels];
        for (int pixel = 0; pixel < batch * shape.Pixels; pixel++)
        {
            int[] at = ChannelsOf(pixel, shape);
            for (int c = 0; c < values.Length; c++)
            {
                values[c] = input[at[c]];
            }

            (T mean, T variance) = Moments<T>(values);
            T deviation = T.Sqrt(variance + eps);
            for (int c = 0; c < values.Length; c++)
            {
                output[at[c]] = Affine((values[c] - mean) / deviation, weight, bias, c);
            }
        }
    }

    /// <summary>The gradient of <see cref="LayerNorm"/>, including that through its statistics; added to the target.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="weight">γ of each channel.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    /// <param name="outputGradient">As <paramref name="input"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>, or empty.</param>
    /// <param name="weightGradient">One value for each channel, or empty.</param>
    /// <param name="biasGradient">One value for each channel, or empty.</param>
    public static void LayerNormGradient<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> weight, T eps, ReadOnlySpan<T> outputGradient,
        Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T>
    {
        for (int pixel = 0; pixel < batch * shape.Pixels; pixel++)
        {
            NormGradient(input, ChannelsOf(pixel, shape), shape, weight, eps, outputGradient, inputGradient, weightGradient, biasGradient);
        }
    }

    /// <summary>Local response norm (Krizhevsky 2012, §3.3): x / (k + α/size · Σ x²)^β over <paramref name="size"/> channels around each.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="size">Channels of the sum; odd.</param>
    /// <param name="alpha">α.</param>
    /// <param name="beta">β.</param>
    /// <param name="k">k.</param>
    /// <param name="output">As <paramref name="input"/>; not the same memory.</param>
    public static void LocalResponseNorm<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, int size, T alpha, T beta, T k, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(output.Length, input.Length, nameof(output));
        for (int i = 0; i < input.Length; i++)
        {
            output[i] = input[i] / T.Pow(ResponseBase(input, i, shape, size, alpha, k), beta);
        }
    }

    /// <summary>The gradient of <see cref="LocalResponseNorm"/>, added to the target.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="size">Channels of the sum; odd.</param>
    /// <param name="alpha">α.</param>
    /// <param name="beta">β.</param>
    /// <param name="k">k.</param>
    /// <param name="outputGradient">As <paramref name="input"/>.</param>
    /// <param name="inputGradient">As <paramref name="input"/>, or empty.</param>
    public static void LocalResponseNormGradient<T>(
        ReadOnlySpan<T> input, FeatureMap shape, int size, T alpha, T beta, T k, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        where T : IFloatingPointIeee754<T>
    {
        // With s the base of the power: dy/dx of the own channel is s^-β, and every channel of the window has −β·s^(−β−1)·x · 2α/size·x of it.
        for (int i = 0; i < input.Length; i++)
        {
            T s = ResponseBase(input, i, shape, size, alpha, k);
            AddAt(inputGradient, i, outputGradient[i] / T.Pow(s, beta));
            T through = outputGradient[i] * input[i] * beta * T.CreateChecked(-2) * alpha / T.CreateChecked(size) / T.Pow(s, beta + T.One);
            (int first, int end) = ResponseWindow(i, shape, size);
            for (int c = first; c < end; c++)
            {
                int at = i + ((c - (i / shape.Pixels % shape.Channels)) * shape.Pixels);
                AddAt(inputGradient, at, through * input[at]);
            }
        }
    }

    private static int[] ChannelsOf(int pixel, FeatureMap shape)
    {
        int first = (pixel / shape.Pixels * shape.Length) + (pixel % shape.Pixels);
        return [.. Enumerable.Range(0, shape.Channels).Select(c => first + (c * shape.Pixels))];
    }

    private static T ResponseBase<T>(ReadOnlySpan<T> input, int index, FeatureMap shape, int size, T alpha, T k) where T : IFloatingPointIeee754<T>
    {
        int own = index / shape.Pixels % shape.Channels;
        (int first, int end) = ResponseWindow(index, shape, size);
        T sum = T.Zero;
        for (int c = first; c < end; c++)
        {
            T value = input[index + ((c - own) * shape.Pixels)];
            sum += value * value;
        }

        return k + (alpha / T.CreateChecked(size) * sum);
    }

    private static (int First, int End) ResponseWindow(int index, FeatureMap shape, int size)
    {
        int own = index / shape.Pixels % shape.Channels;
        return (Math.Max(0, own - (size / 2)), Math.Min(shape.Channels, own + (size / 2) + 1));
    }
}
