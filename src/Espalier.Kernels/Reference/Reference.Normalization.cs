using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Batch norm in inference mode: (x − mean) / √(variance + eps) · weight + bias, channel by channel.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="mean">The running mean of each channel.</param>
    /// <param name="variance">The running variance of each channel.</param>
    /// <param name="weight">γ of each channel, or empty for 1.</param>
    /// <param name="bias">β of each channel, or empty for 0.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    /// <param name="output">As <paramref name="input"/>; may be the same memory.</param>
    public static void BatchNorm<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, ReadOnlySpan<T> mean, ReadOnlySpan<T> variance,
        ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, T eps, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.Length(mean.Length, shape.Channels, nameof(mean));
        Expect.Length(variance.Length, shape.Channels, nameof(variance));
        Expect.LengthOrEmpty(weight.Length, shape.Channels, nameof(weight));
        Expect.LengthOrEmpty(bias.Length, shape.Channels, nameof(bias));
        Expect.Length(output.Length, input.Length, nameof(output));

        for (int i = 0; i < input.Length; i++)
        {
            int c = i / shape.Pixels % shape.Channels;
            output[i] = Affine((input[i] - mean[c]) / T.Sqrt(variance[c] + eps), weight, bias, c);
        }
    }

    /// <summary>Group norm (Wu and He 2018): normalizes each group of channels of each image to mean 0 and variance 1, then applies γ and β of the channel.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image.</param>
    /// <param name="groups">Number of groups; divides the channels.</param>
    /// <param name="weight">γ of each channel, or empty for 1.</param>
    /// <param name="bias">β of each channel, or empty for 0.</param>
    /// <param name="eps">The epsilon added to the (biased) variance.</param>
    /// <param name="output">As <paramref name="input"/>; may be the same memory.</param>
    public static void GroupNorm<T>(
        ReadOnlySpan<T> input, int batch, FeatureMap shape, int groups, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, T eps, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        Expect.That(shape.Channels % groups == 0, "groups must divide the channels");
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.LengthOrEmpty(weight.Length, shape.Channels, nameof(weight));
        Expect.LengthOrEmpty(bias.Length, shape.Channels, nameof(bias));
        Expect.Length(output.Length, input.Length, nameof(output));

        int length = shape.Length / groups;
        for (int start = 0; start < input.Length; start += length)
        {
            (T mean, T variance) = Moments(input.Slice(start, length));
            T deviation = T.Sqrt(variance + eps);
            for (int i = start; i < start + length; i++)
            {
                output[i] = Affine((input[i] - mean) / deviation, weight, bias, i / shape.Pixels % shape.Channels);
            }
        }
    }

    private static (T Mean, T Variance) Moments<T>(ReadOnlySpan<T> values) where T : IFloatingPointIeee754<T>
    {
        T count = T.CreateChecked(values.Length);
        T sum = T.Zero;
        foreach (T value in values)
        {
            sum += value;
        }

        T mean = sum / count;
        T squares = T.Zero;
        foreach (T value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return (mean, squares / count);
    }

    private static T Affine<T>(T normalized, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, int channel) where T : IFloatingPointIeee754<T> =>
        (normalized * (weight.IsEmpty ? T.One : weight[channel])) + (bias.IsEmpty ? T.Zero : bias[channel]);
}
