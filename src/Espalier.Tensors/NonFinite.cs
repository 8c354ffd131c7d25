using System.Numerics;

namespace Espalier.Tensors;

/// <summary>Searches for NaN and infinite values.</summary>
internal static class NonFinite
{
    /// <summary>Whether a value is NaN.</summary>
    public static bool HasNaN(ReadOnlySpan<float> numbers)
    {
        int i = 0;
        for (; i + Vector<float>.Count <= numbers.Length; i += Vector<float>.Count)
        {
            var some = new Vector<float>(numbers[i..]);
            if (!Vector.EqualsAll(some, some))
            {
                return true;
            }
        }

        for (; i < numbers.Length; i++)
        {
            if (float.IsNaN(numbers[i]))
            {
                return true;
            }
        }

        return false;
    }

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
