using System.Numerics;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>A convolution along the channels of one pixel, padded with zeros to as many channels.</summary>
    /// <param name="input">Batch x channels.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="weight">The kernel; an odd number of weights.</param>
    /// <param name="output">Batch x channels.</param>
    public static void ChannelConv1d<T>(ReadOnlySpan<T> input, int batch, int channels, ReadOnlySpan<T> weight, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * channels, nameof(input));
        Expect.Length(output.Length, (long)batch * channels, nameof(output));
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = T.Zero;
            for (int k = 0; k < weight.Length; k++)
            {
                int channel = (i % channels) + k - (weight.Length / 2);
                output[i] += channel >= 0 && channel < channels ? weight[k] * input[i - (i % channels) + channel] : T.Zero;
            }
        }
    }

    /// <summary>The gradients of <see cref="ChannelConv1d"/>, added to the targets.</summary>
    /// <param name="input">Batch x channels.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="weight">The kernel.</param>
    /// <param name="outputGradient">Batch x channels.</param>
    /// <param name="inputGradient">Batch x channels.</param>
    /// <param name="weightGradient">As <paramref name="weight"/>.</param>
    public static void ChannelConv1dGradient<T>(
        ReadOnlySpan<T> input, int batch, int channels, ReadOnlySpan<T> weight, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> weightGradient)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * channels, nameof(input));
        Expect.Length(outputGradient.Length, (long)batch * channels, nameof(outputGradient));
        for (int i = 0; i < outputGradient.Length; i++)
        {
            for (int k = 0; k < weight.Length; k++)
            {
                int channel = (i % channels) + k - (weight.Length / 2);
                if (channel >= 0 && channel < channels)
                {
                    int source = i - (i % channels) + channel;
                    inputGradient[source] += weight[k] * outputGradient[i];
                    weightGradient[k] += input[source] * outputGradient[i];
                }
            }
        }
    }
}
