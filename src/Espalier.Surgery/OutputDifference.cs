namespace Espalier.Surgery;

/// <summary>The difference between the outputs of two models for the same inputs.</summary>
/// <param name="Maximum">The greatest absolute difference.</param>
/// <param name="Greatest">The greatest absolute value of the expected output.</param>
/// <param name="Squared">The sum of the squared differences.</param>
public readonly record struct OutputDifference(double Maximum, double Greatest, double Squared)
{
    /// <summary>The greatest absolute difference divided by the greatest absolute value of the expected output; 0 if the outputs are equal.</summary>
    public double Relative => Maximum == 0 ? 0 : Maximum / Greatest;

    /// <summary>Compares two outputs element by element.</summary>
    /// <exception cref="ArgumentException">The outputs have different numbers of elements.</exception>
    public static OutputDifference Between(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
        {
            throw new ArgumentException($"Expected {expected.Length} elements, found {actual.Length}.", nameof(actual));
        }

        (double maximum, double greatest, double squared) = (0, 0, 0);
        for (int i = 0; i < expected.Length; i++)
        {
            // Equal infinities have the difference 0; NaN differs from every value, and Math.Max returns NaN if one argument is NaN.
            double difference = expected[i] == actual[i] ? 0 : Math.Abs((double)expected[i] - actual[i]);
            maximum = Math.Max(maximum, difference);
            greatest = Math.Max(greatest, Math.Abs((double)expected[i]));
            squared += difference * difference;
        }

        return new OutputDifference(maximum, greatest, squared);
    }

    /// <summary>The difference over the elements of both comparisons.</summary>
    public OutputDifference With(OutputDifference other) => new(Math.Max(Maximum, other.Maximum), Math.Max(Greatest, other.Greatest), Squared + other.Squared);
}
