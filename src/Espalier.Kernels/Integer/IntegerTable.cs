namespace Espalier.Kernels;

/// <summary>Tables of 256 entries: functions from an 8-bit number to another.</summary>
internal static class IntegerTable
{
    /// <summary>The table of a change of scale and zero point, such as that of a concatenation's input: float32(x − zero point)·multiplier, requantized.</summary>
    /// <param name="zeroPoint">Zero point of the input.</param>
    /// <param name="multiplier"><see cref="Requantization.Multiplier(float, float)"/> of input and output scale.</param>
    /// <param name="to">Zero point and limits of the output.</param>
    internal static byte[] Rescale(int zeroPoint, float multiplier, Requantization to)
    {
        var table = new byte[256];
        for (int x = 0; x < table.Length; x++)
        {
            table[x] = to.Round((x - zeroPoint) * multiplier);
        }

        return table;
    }
}
