using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Activations of values in 8-bit integers that do not only limit: a table, since there are only 256 arguments.</summary>
internal static class IntegerActivation
{
    /// <summary>
    /// The activation of each integer q, in multiples of the result's scale t: float32(f((q − z)·s)/t), with s and z scale and zero point of the argument, f and the quotient in double.
    /// </summary>
    /// <remarks>Maths libraries may differ in the last bit of f. That changes a rounded entry only where the quotient is within 10⁻¹³ of a tie and f is not exact there.</remarks>
    internal static float[] Values(Activation activation, QuantizationPoint from, QuantizationPoint to)
    {
        var values = new float[byte.MaxValue + 1];
        for (int q = 0; q < values.Length; q++)
        {
            values[q] = (float)(activation.Of((q - from.ZeroPoint) * (double)from.Scale) / to.Scale);
        }

        return values;
    }
}
