namespace Espalier.Surgery;

/// <summary>How far the outputs of two models are apart.</summary>
/// <param name="Maximum">The greatest absolute difference.</param>
/// <param name="Greatest">The greatest absolute number expected.</param>
/// <param name="Squared">The sum of the squared differences.</param>
public readonly record struct OutputDifference(double Maximum, double Greatest, double Squared)
{
    /// <summary>The greatest difference relative to the greatest number expected; 0 where nothing differs.</summary>
    public double Relative => Maximum == 0 ? 0 : Maximum / Greatest;

    /// <summary>Compares outputs number by number.</summary>
    /// <exception cref="ArgumentException">There are more of one than of the other.</exception>
    public static OutputDifference Between(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
        {
            throw new ArgumentException($"Expected {expected.Length} numbers, found {actual.Length}.", nameof(actual));
        }

        (double maximum, double greatest, double squared) = (0, 0, 0);
        for (int i = 0; i < expected.Length; i++)
        {
            // Equal infinities differ by nothing; NaN differs from everything, and Math.Max keeps it.
            double difference = expected[i] == actual[i] ? 0 : Math.Abs((double)expected[i] - actual[i]);
            maximum = Math.Max(maximum, difference);
            greatest = Math.Max(greatest, Math.Abs((double)expected[i]));
            squared += difference * difference;
        }

        return new OutputDifference(maximum, greatest, squared);
    }

    /// <summary>This and another comparison taken together.</summary>
    public OutputDifference With(OutputDifference other) => new(Math.Max(Maximum, other.Maximum), Math.Max(Greatest, other.Greatest), Squared + other.Squared);
}
