namespace Espalier.Bench.Measuring;

/// <summary>Whether all contestants gave the same answer; without that, times mean nothing.</summary>
internal static class Agreement
{
    /// <summary>The greatest difference that is allowed, as a part of the largest logit.</summary>
    internal const double Tolerance = 1e-4;

    /// <summary>The greatest difference between any two of the answers, as a part of the largest logit of the first; NaN if one has a NaN.</summary>
    /// <exception cref="ArgumentException">Their lengths differ.</exception>
    internal static double Difference(IReadOnlyList<float[]> answers)
    {
        float[] first = answers[0];
        double largest = first.Max(Math.Abs);
        double greatest = 0;
        foreach (float[] answer in answers)
        {
            if (answer.Length != first.Length)
            {
                throw new ArgumentException($"answers of {answer.Length} and {first.Length} numbers", nameof(answers));
            }
        }

        for (int i = 0; i < first.Length; i++)
        {
            double spread = answers.Max(answer => answer[i]) - answers.Min(answer => answer[i]); // Min is NaN where one is, …
            greatest = Math.Max(greatest, spread); // … and Math.Max hands it on
        }

        return greatest / largest;
    }

    /// <summary>Whether such a difference is small enough; NaN is not.</summary>
    internal static bool IsSufficient(double difference) => difference <= Tolerance;
}
