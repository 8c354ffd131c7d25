using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Blur pool (Zhang 2019): the filter (1, 2, 1)ᵀ(1, 2, 1) / 16 at every second pixel, over a reflected border of one pixel.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image: at least 2x2 pixels.</param>
    /// <param name="output">Batch x channels x half the height x half the width, rounded up.</param>
    public static void BlurPool<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        FeatureMap half = ExpectBlurred(input.Length, batch, shape, output.Length);
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = T.Zero;
            foreach ((int pixel, double weight) in BlurTaps(i % half.Pixels, half.Width, shape))
            {
                output[i] += T.CreateChecked(weight) * input[(i / half.Pixels * shape.Pixels) + pixel];
            }
        }
    }

    /// <summary>The gradient of <see cref="BlurPool"/>, added to the target.</summary>
    /// <param name="outputGradient">Batch x channels x half the height x half the width, rounded up.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="inputGradient">Batch x <paramref name="shape"/>.</param>
    public static void BlurPoolGradient<T>(ReadOnlySpan<T> outputGradient, int batch, FeatureMap shape, Span<T> inputGradient) where T : IFloatingPointIeee754<T>
    {
        FeatureMap half = ExpectBlurred(inputGradient.Length, batch, shape, outputGradient.Length);
        for (int i = 0; i < outputGradient.Length; i++)
        {
            foreach ((int pixel, double weight) in BlurTaps(i % half.Pixels, half.Width, shape))
            {
                inputGradient[(i / half.Pixels * shape.Pixels) + pixel] += T.CreateChecked(weight) * outputGradient[i];
            }
        }
    }

    private static FeatureMap ExpectBlurred(int input, int batch, FeatureMap shape, int output)
    {
        var half = new FeatureMap(shape.Channels, (shape.Height + 1) / 2, (shape.Width + 1) / 2);
        Expect.Length(input, (long)batch * shape.Length, nameof(input));
        Expect.Length(output, (long)batch * half.Length, nameof(output));
        return half;
    }

    private static IEnumerable<(int Pixel, double Weight)> BlurTaps(int output, int width, FeatureMap shape)
    {
        for (int tap = 0; tap < 9; tap++)
        {
            (int dy, int dx) = ((tap / 3) - 1, (tap % 3) - 1);
            int y = PaddingMode.Reflect.Source((2 * (output / width)) + dy, shape.Height);
            int x = PaddingMode.Reflect.Source((2 * (output % width)) + dx, shape.Width);
            yield return ((y * shape.Width) + x, (2 - Math.Abs(dy)) * (2 - Math.Abs(dx)) / 16.0);
        }
    }
}
