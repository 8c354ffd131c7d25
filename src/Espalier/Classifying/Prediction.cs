using System.Globalization;
using Espalier.Inference;
using Espalier.Tensors;

namespace Espalier;

/// <summary>One class predicted by a classifier, with its probability.</summary>
/// <param name="Class">The class's index.</param>
/// <param name="Label">The class's name; the index where the model has no labels.</param>
/// <param name="Probability">The softmax of the logits, from 0 to 1.</param>
/// <param name="Logit">The network's output for the class.</param>
public readonly record struct Prediction(int Class, string Label, double Probability, float Logit)
{
    /// <summary>The class's name and probability.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Label} {Probability:0.0%}");

    /// <summary>The most probable classes, best first; classes with equal logits in order of their indices.</summary>
    /// <param name="logits">One logit per class.</param>
    /// <param name="count">Maximum number of classes to return.</param>
    /// <param name="labels">The classes' names; may be empty.</param>
    /// <exception cref="EspalierException">The logits have no softmax; see <see cref="Softmax"/>.</exception>
    public static Prediction[] Top(ReadOnlySpan<float> logits, int count, ValueList<string> labels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        float[] values = logits.ToArray();
        double[] probabilities = Softmax(values);
        return [.. Enumerable.Range(0, values.Length)
            .OrderByDescending(i => values[i])
            .Take(count)
            .Select(i => new Prediction(i, i < labels.Count ? labels[i] : i.ToString(CultureInfo.InvariantCulture), probabilities[i], values[i]))];
    }

    /// <summary>Softmax, eˣ / Σeˣ, computed in double and without overflow for large logits. A logit of −∞ gives probability 0, so it can be used to exclude classes.</summary>
    /// <param name="logits">One logit per class.</param>
    /// <exception cref="EspalierException">A logit is NaN or +∞, or all are −∞; <see cref="FiniteOutput.Require"/> finds the layer that causes it.</exception>
    public static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double[] result = new double[logits.Length];
        double greatest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            greatest = Math.Max(greatest, logit); // NaN if any logit is NaN
        }

        if (!double.IsFinite(greatest) && logits.Length > 0)
        {
            throw new EspalierException(FormattableString.Invariant($"the largest logit is {greatest}, so softmax is not defined: a layer of the network has a parameter or an output that is not finite"));
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
