using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Scale and zero point of a <see cref="Quantize"/> node.</summary>
/// <param name="Scale">The distance of neighbouring values: positive, finite.</param>
/// <param name="ZeroPoint">The integer that stands for 0.</param>
internal readonly record struct QuantizationPoint(float Scale, byte ZeroPoint)
{
    /// <summary>Reads those of a node.</summary>
    /// <exception cref="EspalierException">The scale is not positive and finite, or the zero point is no integer from 0 to 255.</exception>
    internal static QuantizationPoint Of(Model model, Node node)
    {
        float scale = model.Value(node, "scale").To(ElementType.Float32).Read<float>()[0];
        double zero = model.Value(node, "zero_point").To(ElementType.Float64).Read<double>()[0];
        if (!(scale > 0 && float.IsFinite(scale)))
        {
            throw new EspalierException($"'{node.Parameter("scale")}' is {scale}; expected a positive, finite scale.");
        }

        return zero is >= byte.MinValue and <= byte.MaxValue && zero == Math.Floor(zero)
            ? new(scale, (byte)zero)
            : throw new EspalierException($"'{node.Parameter("zero_point")}' is {zero}; expected an integer from {byte.MinValue} to {byte.MaxValue}.");
    }

    /// <summary>The integer that a number is rounded to, counted from the zero point: between −<see cref="ZeroPoint"/> and 255 − <see cref="ZeroPoint"/>; NaN for NaN.</summary>
    internal float Round(float number) => Clamp(MathF.Round(number / Scale)) + 0f; // a zero is +0

    /// <summary>Limits a number to the integers that there are, counted from the zero point.</summary>
    internal float Clamp(float number) => Math.Clamp(number, -ZeroPoint, byte.MaxValue - ZeroPoint);

    /// <summary>The point that covers a range of values, of which 0 is one: the range is widened to contain it, and 0 is represented exactly.</summary>
    /// <param name="least">The least value.</param>
    /// <param name="greatest">The greatest value.</param>
    internal static QuantizationPoint Covering(double least, double greatest)
    {
        (least, greatest) = (Math.Min(0, least), Math.Max(0, greatest));
        float scale = (float)((greatest - least) / byte.MaxValue);
        scale = least == greatest ? 1 : Math.Max(scale, LeastScale);
        return new(scale, (byte)Math.Clamp(Math.Round(-least / scale), byte.MinValue, byte.MaxValue));
    }

    /// <summary>The least scale that calibration chooses, far above the numbers that float32 represents with fewer digits, so that products and quotients of scales are exact enough.</summary>
    internal const float LeastScale = 1e-15f;
}
