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

    /// <summary>
    /// The factor of each class in the loss, in the order of the outputs; empty for 1 each. As with PyTorch's <c>weight</c>, but the loss is divided by the number of images, not by the sum of their weights, so that it does not depend on
    /// the classes that are in a batch together; <see cref="BalancedWeights"/> have the mean 1 over the training images, for which the two agree on average.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A weight is not a finite number of at least 0.</exception>
    public ValueList<double> ClassWeights
    {
        get;
        init => field = value.All(weight => double.IsFinite(weight) && weight >= 0) ? value : throw new ArgumentOutOfRangeException(nameof(ClassWeights), value, $"{nameof(ClassWeights)}: expected finite numbers of at least 0.");
    }

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => ClassWeights.Count == 0
        ? [new(SettingNames.LabelSmoothing, LabelSmoothing.ToString(CultureInfo.InvariantCulture))]
        : [new(SettingNames.LabelSmoothing, LabelSmoothing.ToString(CultureInfo.InvariantCulture)), new(SettingNames.ClassWeights, string.Join(' ', ClassWeights.Select(weight => weight.ToString(CultureInfo.InvariantCulture))))];

    /// <summary>Weights by which every class has the same part in the loss: images / (classes · images of the class), and 0 for classes without images.</summary>
    /// <param name="counts">The number of images of each class in the training set, in the order of the outputs.</param>
    public static ValueList<double> BalancedWeights(IReadOnlyList<int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        long images = counts.Sum(count => (long)count);
        int present = counts.Count(count => count > 0);
        return ValueList.From(counts.Select(count => count == 0 ? 0 : (double)images / ((long)present * count)));
    }

    /// <inheritdoc/>
    /// <exception cref="EspalierException">There are class weights, but not as many as classes.</exception>
    public double Compute(ObjectiveBatch batch, Span<float> gradient) => Compute(batch.Logits, Weighted(batch.Targets), batch.Weight, gradient);

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

    /// <summary>The targets times the weights of their classes, which multiplies each class's term of the loss.</summary>
    private TargetDistribution Weighted(TargetDistribution targets)
    {
        if (ClassWeights.Count == 0)
        {
            return targets;
        }

        if (ClassWeights.Count != targets.Classes)
        {
            throw new EspalierException($"{nameof(ClassWeights)} are {ClassWeights.Count} numbers; expected one for each of the network's {targets.Classes} outputs");
        }

        float[] weighted = targets.Probabilities.ToArray();
        for (int i = 0; i < weighted.Length; i++)
        {
            weighted[i] = (float)(weighted[i] * ClassWeights[i % targets.Classes]);
        }

        return TargetDistribution.Of(weighted.AsSpan(), targets.Classes);
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
