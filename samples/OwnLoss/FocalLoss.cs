using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace OwnLoss;

/// <summary>Focal loss (Lin 2017, "Focal loss for dense object detection", equation 4): −Σ t · (1 − p)^γ · ln p. What is recognised already counts for less than in cross-entropy.</summary>
/// <param name="Gamma">γ: 0 is cross-entropy.</param>
public sealed record FocalLoss(double Gamma) : IObjective
{
    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => [new("focal_gamma", Gamma.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public double Compute(ObjectiveBatch batch, Span<float> gradient)
    {
        int classes = batch.Targets.Classes;
        double loss = 0;
        for (int image = 0; image < batch.Targets.Count; image++)
        {
            loss += OfOne(batch.Logits.Slice(image * classes, classes), batch.Targets[image], batch.Weight, gradient.Slice(image * classes, classes));
        }

        return loss * batch.Weight;
    }

    private double OfOne(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, double weight, Span<float> gradient)
    {
        double[] probabilities = Softmax(logits);
        double[] slopes = new double[logits.Length]; // p · ∂loss/∂p of each class
        (double loss, double sum) = (0, 0);
        for (int c = 0; c < slopes.Length; c++)
        {
            double p = Math.Max(probabilities[c], double.Epsilon);
            double rest = Math.Pow(1 - p, Gamma);
            double ofRest = Gamma == 0 || p == 1 ? 0 : Gamma * Math.Pow(1 - p, Gamma - 1); // −∂rest/∂p
            loss -= targets[c] * rest * Math.Log(p);
            slopes[c] = targets[c] * ((ofRest * p * Math.Log(p)) - rest);
            sum += slopes[c];
        }

        for (int c = 0; c < slopes.Length; c++)
        {
            gradient[c] = (float)(weight * (slopes[c] - (probabilities[c] * sum))); // softmax: ∂p_i/∂z_c = p_i (δ_ic − p_c)
        }

        return loss;
    }

    private static double[] Softmax(ReadOnlySpan<float> logits)
    {
        double[] probabilities = new double[logits.Length];
        double greatest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            greatest = Math.Max(greatest, logit);
        }

        double sum = 0;
        for (int c = 0; c < probabilities.Length; c++)
        {
            probabilities[c] = Math.Exp(logits[c] - greatest);
            sum += probabilities[c];
        }

        for (int c = 0; c < probabilities.Length; c++)
        {
            probabilities[c] /= sum;
        }

        return probabilities;
    }
}
