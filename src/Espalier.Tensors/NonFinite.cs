namespace Espalier.Tensors;

/// <summary>Looks for NaN and infinities.</summary>
public static class NonFinite
{
    /// <summary>The place of the first number that is NaN or infinite; −1 if all are finite.</summary>
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
