using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>One class that a classifier holds possible.</summary>
/// <param name="Class">Its index.</param>
/// <param name="Label">Its name; the index where the model has no labels.</param>
/// <param name="Probability">Softmax of the logits.</param>
/// <param name="Logit">The network's own number.</param>
public readonly record struct Prediction(int Class, string Label, double Probability, float Logit)
{
    /// <summary>The most probable classes, best first; equal logits in the order of the classes.</summary>
    /// <param name="logits">One for each class.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="labels">The classes' names, or none.</param>
    /// <exception cref="EspalierException">The logits have no probabilities; see <see cref="Softmax"/>.</exception>
    public static Prediction[] Top(ReadOnlySpan<float> logits, int count, ValueList<string> labels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        float[] values = logits.ToArray();
        double[] probabilities = Softmax(values);
        return [.. Enumerable.Range(0, values.Length)
            .OrderByDescending(i => values[i])
            .Take(count)
            .Select(i => new Prediction(i, i < labels.Count ? labels[i] : i.ToString(System.Globalization.CultureInfo.InvariantCulture), probabilities[i], values[i]))];
    }

    /// <summary>eˣ / Σeˣ in double, safe for large logits. A logit of −∞ has a probability of 0: so classes are ruled out.</summary>
    /// <param name="logits">One for each class.</param>
    /// <exception cref="EspalierException">A logit is NaN or +∞, or all are −∞; <see cref="FiniteOutput.Require"/> finds the layer that it comes from.</exception>
    public static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double[] result = new double[logits.Length];
        double greatest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            greatest = Math.Max(greatest, logit); // NaN wins
        }

        if (!double.IsFinite(greatest) && logits.Length > 0)
        {
            throw new EspalierException(FormattableString.Invariant($"the greatest of the logits is {greatest}, so there are no probabilities: a layer of the network has a parameter or a result that is not finite"));
        }

        double sum = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Math.Exp(logits[i] - greatest);
            sum += result[i];
        }

        for (int i = 0; i < result.Length; i++)
        {
            result[i] /= sum;
        }

        return result;
    }
}
