namespace Espalier.Graphs;

/// <summary>
/// The factors of the gradients of scales in training, 1/√(N·Q) (Esser 2020, "Learned step size quantization", §2.2): with them a step changes a scale about as much, relative to its size,
/// as it changes the weights. N is the number of values that are rounded, Q the greatest magnitude of an integer.
/// </summary>
internal static class ScaleGradient
{
    /// <summary>That of a <see cref="Quantize"/> node's scale.</summary>
    /// <param name="elements">Number of elements of one sample's value; the batch does not count.</param>
    /// <param name="zeroPoint">The zero point: 255 counts from 0, and as LSQ counts signed integers, 128 from 128.</param>
    internal static double OfPoint(long elements, byte zeroPoint) => Factor(elements, Math.Max(zeroPoint, byte.MaxValue - zeroPoint));

    /// <summary>That of the scale of a channel's weights.</summary>
    /// <param name="weights">Number of weights of the channel, masked ones included.</param>
    internal static double OfWeights(int weights) => Factor(weights, QuantizedLayer.Greatest);

    private static double Factor(long count, int greatest) => 1 / Math.Sqrt((double)count * greatest);
}
