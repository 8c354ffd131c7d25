using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The cross-entropy of the softmax of the logits with a target distribution, and its gradient with respect to the logits, as PyTorch's <c>CrossEntropyLoss</c>.</summary>
public sealed record CrossEntropy : IObjective
{
    /// <summary>The fraction of each target's probability that is spread evenly over all classes, from 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LabelSmoothing
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(LabelSmoothing), value, $"{nameof(LabelSmoothing)}: expected a number from 0 to 1.");
    }

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => [new(SettingNames.LabelSmoothing, LabelSmoothing.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public double Compute(ObjectiveBatch batch, Span<float> gradient) => Compute(batch.Logits, batch.Targets, batch.Weight, gradient);

    /// <summary>Computes the loss and its gradient.</summary>
    /// <param name="logits">The logits, [images, classes].</param>
    /// <param name="targets">The targets of the same images.</param>
    /// <param name="weight">The factor of loss and gradient; 1 / images gives the mean.</param>
    /// <param name="gradient">Receives the gradient, [images, classes].</param>
    /// <returns>weight · Σ −t · ln softmax(logits).</returns>
    /// <exception cref="ArgumentException">The spans have different lengths.</exception>
    public static double Compute(ReadOnlySpan<float> logits, TargetDistribution targets, double weight, Span<float> gradient)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (logits.Length != targets.Probabilities.Length || gradient.Length != logits.Length)
        {
            throw new ArgumentException($"Found {logits.Length} logits, {gradient.Length} gradients and {targets.Probabilities.Length} target probabilities; expected equal numbers.", nameof(logits));
        }

        double loss = 0;
        Span<double> logProbabilities = new double[targets.Classes];
        for (int i = 0; i < targets.Count; i++)
        {
            int at = i * targets.Classes;
            LogSoftmax.Compute(logits.Slice(at, targets.Classes), 1, logProbabilities);
            loss += OfOne(logProbabilities, targets[i], weight, gradient.Slice(at, targets.Classes));
        }

        return loss * weight;
    }

    private static double OfOne(ReadOnlySpan<double> logProbabilities, ReadOnlySpan<float> target, double weight, Span<float> gradient)
    {
        double loss = 0;
        double mass = 0; // 1 up to rounding, unless the caller's targets are not probabilities
        for (int c = 0; c < target.Length; c++)
        {
            mass += target[c];
            loss -= target[c] == 0 ? 0 : target[c] * logProbabilities[c]; // 0 · ln 0 is 0
        }

        for (int c = 0; c < target.Length; c++)
        {
            gradient[c] = (float)(weight * ((Math.Exp(logProbabilities[c]) * mass) - target[c]));
        }

        return loss;
    }
}
