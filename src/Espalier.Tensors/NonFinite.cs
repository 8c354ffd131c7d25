namespace Espalier.Tensors;

/// <summary>Searches for NaN and infinite values.</summary>
internal static class NonFinite
{
    /// <summary>The index of the first value that is NaN or infinite; −1 if all are finite.</summary>
    public static int IndexOf(ReadOnlySpan<float> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!float.IsFinite(numbers[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
