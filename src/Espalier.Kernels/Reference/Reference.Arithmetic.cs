using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>Computes a + b, element by element.</summary>
    /// <param name="a">The first input.</param>
    /// <param name="b">The second input, of the same length.</param>
    /// <param name="output">The output, of the same length; may be the memory of either input.</param>
    public static void Add<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(b.Length, a.Length, nameof(b));
        Expect.Length(output.Length, a.Length, nameof(output));
        for (int i = 0; i < a.Length; i++)
        {
            output[i] = a[i] + b[i];
        }
    }

    /// <summary>Computes a · b, element by element; b may have one value per channel (C x 1 x 1) instead, as in squeeze-and-excitation.</summary>
    /// <param name="a">Batch x <paramref name="shape"/>.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="shape">The shape of one image of <paramref name="a"/>.</param>
    /// <param name="b">Batch x <paramref name="otherShape"/>.</param>
    /// <param name="otherShape"><paramref name="shape"/>, or its channels x 1 x 1.</param>
    /// <param name="output">As <paramref name="a"/>; may be the same memory.</param>
    public static void Multiply<T>(ReadOnlySpan<T> a, int batch, FeatureMap shape, ReadOnlySpan<T> b, FeatureMap otherShape, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        bool perChannel = otherShape == new FeatureMap(shape.Channels, 1, 1);
        Expect.That(perChannel || otherShape == shape, $"cannot multiply {shape} by {otherShape}: expected the same shape, or channels x 1 x 1");
        Expect.Length(a.Length, (long)batch * shape.Length, nameof(a));
        Expect.Length(b.Length, (long)batch * otherShape.Length, nameof(b));
        Expect.Length(output.Length, a.Length, nameof(output));
        for (int i = 0; i < a.Length; i++)
        {
            output[i] = a[i] * (perChannel ? b[i / shape.Pixels] : b[i]);
        }
    }

    /// <summary>Computes a·<paramref name="x"/> + b·<paramref name="y"/>: a shortcut and a branch with their factors.</summary>
    /// <param name="x">The first input.</param>
    /// <param name="a">The factor of the first input.</param>
    /// <param name="y">The second input, of the same length.</param>
    /// <param name="b">The factor of the second input.</param>
    /// <param name="output">The output; may be the memory of either input.</param>
    public static void WeightedSum<T>(ReadOnlySpan<T> x, T a, ReadOnlySpan<T> y, T b, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(y.Length, x.Length, nameof(y));
        Expect.Length(output.Length, x.Length, nameof(output));
        for (int i = 0; i < x.Length; i++)
        {
            // With a factor of zero, x is not part of the sum at all: its infinities must not give NaN.
            output[i] = T.IsZero(a) ? b * y[i] : (b * y[i]) + (a * x[i]);
        }
    }

    /// <summary>Flattens: a copy, because the order of elements does not change.</summary>
    public static void Flatten<T>(ReadOnlySpan<T> input, Span<T> output) where T : IFloatingPointIeee754<T>
    {
        Expect.Length(output.Length, input.Length, nameof(output));
        input.CopyTo(output);
    }
}
