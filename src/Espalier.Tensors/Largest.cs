namespace Espalier.Tensors;

/// <summary>Finds the largest of several values.</summary>
internal static class Largest
{
    /// <summary>The index of the largest value, the first of equal ones; 0 if there are no values. NaN is never larger than another value.</summary>
    internal static int IndexOf(ReadOnlySpan<float> values)
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            largest = values[i] > values[largest] ? i : largest;
        }

        return largest;
    }
}
