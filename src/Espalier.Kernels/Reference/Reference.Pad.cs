using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Pads every image with one value per channel.</summary>
    /// <param name="input">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one input image.</param>
    /// <param name="padding">Pixels on each side.</param>
    /// <param name="values">The value of each channel, or empty for zeros.</param>
    /// <param name="output">Batch x channels x padded height x padded width.</param>
    public static void Pad<T>(ReadOnlySpan<T> input, int batch, FeatureMap shape, Padding padding, ReadOnlySpan<T> values, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        var outputShape = new FeatureMap(
            shape.Channels, padding.Top + shape.Height + padding.Bottom, padding.Left + shape.Width + padding.Right);
        Expect.Length(input.Length, (long)batch * shape.Length, nameof(input));
        Expect.LengthOrEmpty(values.Length, shape.Channels, nameof(values));
        Expect.Length(output.Length, (long)batch * outputShape.Length, nameof(output));
        for (int n = 0; n < batch; n++)
        {
            for (int c = 0; c < shape.Channels; c++)
            {
                ReadOnlySpan<T> plane = Plane(input, shape, n, c);
                Span<T> target = Plane(output, outputShape, n, c);
                target.Fill(values.IsEmpty ? T.Zero : values[c]);
                for (int y = 0; y < shape.Height; y++)
                {
                    plane.Slice(y * shape.Width, shape.Width)
                        .CopyTo(target[(((y + padding.Top) * outputShape.Width) + padding.Left)..]);
                }
            }
        }
    }
}
