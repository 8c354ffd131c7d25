using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The image that a network's input was made of.</summary>
internal static class InputImage
{
    private const float LargestByte = 255;

    /// <summary>Reverses the normalization and rounds to bytes; what is outside of their range, such as erased parts, is clamped.</summary>
    /// <param name="input">The input: channels x height x width, one after another.</param>
    /// <param name="shape">Its shape, with 3 channels or 1 for gray.</param>
    /// <param name="normalization">How it was normalized.</param>
    internal static Image Of(ReadOnlySpan<float> input, Shape shape, Normalization normalization)
    {
        int plane = shape[1] * shape[2];
        ReadOnlySpan<float> mean = normalization.MeanImage.Items.AsSpan();
        byte[] pixels = new byte[plane * Image.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            int channel = normalization.Colour(i % Image.Channels % shape[0]); // gray images have three equal channels
            int at = (channel * plane) + (i / Image.Channels);
            float value = (input[at] * normalization.StandardDeviation[channel]) + normalization.Mean[channel] + (mean.IsEmpty ? 0 : mean[at]);
            pixels[i] = (byte)Math.Clamp(MathF.Round(normalization.Range == PixelRange.Byte ? value : value * LargestByte), 0, LargestByte);
        }

        return new Image(shape[2], shape[1], pixels);
    }
}
