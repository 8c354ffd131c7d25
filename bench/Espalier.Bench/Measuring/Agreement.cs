using System.Globalization;

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

    /// <summary>How answers of 8-bit networks are compared, as a sentence.</summary>
    internal static readonly string QuantaMethod = string.Create(CultureInfo.InvariantCulture, $"All answers have the same first class for every image whose first two logits lie more than two quanta apart, and a mean difference of at most {MeanQuanta} quantum,");

    /// <summary>The greatest mean difference of two runtimes' 8-bit logits, in distances of neighbouring logits: roundings of ties differ and go on to later layers.</summary>
    internal const double MeanQuanta = 1;

    /// <summary>What is wrong with the answers of 8-bit networks, in distances of neighbouring logits; <see langword="null"/> if they agree.</summary>
    /// <param name="answers">Those of each contestant.</param>
    /// <param name="quantum">The distance of neighbouring logits.</param>
    /// <param name="outputs">The logits of an image.</param>
    internal static string? InQuanta(IReadOnlyList<float[]> answers, double quantum, int outputs)
    {
        float[] first = answers[0];
        foreach (float[] answer in answers.Skip(1))
        {
            double mean = first.Zip(answer, (a, b) => Math.Abs((double)a - b)).Average() / quantum;
            if (!(mean <= MeanQuanta))
            {
                return string.Create(CultureInfo.InvariantCulture, $"the answers differ by {mean:G3} quanta on average, more than {MeanQuanta}");
            }

            for (int i = 0; i < first.Length; i += outputs)
            {
                float[] logits = first[i..(i + outputs)], others = answer[i..(i + outputs)];
                float[] ordered = [.. logits.OrderDescending().Take(2)];
                if (ordered[0] - ordered[1] > 2 * quantum && others[Array.IndexOf(logits, ordered[0])] < others.Max())
                {
                    return $"the answers to image {i / outputs} have different first classes";
                }
            }
        }

        return null;
    }

    /// <summary>Whether such a difference is small enough; NaN is not.</summary>
    internal static bool IsSufficient(double difference) => difference <= Tolerance;
}
