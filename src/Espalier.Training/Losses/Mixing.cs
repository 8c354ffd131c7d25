using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Mixup and CutMix: mixing the images of a batch with each other, and their targets in the same proportions.</summary>
/// <remarks>If both are on, each batch uses one of them, chosen at random with equal probability.</remarks>
public readonly record struct Mixing()
{
    /// <summary>The α of mixup: the mixing proportion is drawn from Beta(α, α). 0 disables mixup; the paper uses 0.1 to 0.4 on ImageNet and 1 on CIFAR.</summary>
    public double MixupAlpha { get; init; }

    /// <summary>The α of CutMix: the area of the rectangle, as a fraction of the image, is drawn from Beta(α, α). 0 disables CutMix; the paper uses 1.</summary>
    public double CutMixAlpha { get; init; }

    /// <summary>Whether mixup or CutMix is on.</summary>
    public bool IsOn => MixupAlpha > 0 || CutMixAlpha > 0;

    /// <summary>The random numbers of a training run's mixing, with a stream for each step.</summary>
    /// <param name="seed">The seed of the training run.</param>
    internal static CounterRandom Random(ulong seed) => new CounterRandom(seed).Stream("mixing");

    /// <summary>Mixes the images of a batch in place.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="smoothing">The label smoothing, as in <see cref="TargetDistribution.Of(ReadOnlySpan{int}, int, double)"/>.</param>
    /// <param name="random">The random numbers of this batch.</param>
    /// <returns>The targets of the mixed images.</returns>
    public TargetDistribution Apply(Batch batch, int classes, double smoothing, CounterRandom random)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!IsOn)
        {
            return TargetDistribution.Of(batch.Labels, classes, smoothing);
        }

        bool cut = CutMixAlpha > 0 && (MixupAlpha <= 0 || random.Stream("kind").Uniform(0) < 0.5);
        MixedTargets mixed = cut ? BatchMixing.CutMix(batch, CutMixAlpha, random) : BatchMixing.Mixup(batch, MixupAlpha, random);
        float[] rows = new float[batch.Count * classes];
        mixed.Write(rows, classes, (float)smoothing);
        return TargetDistribution.Of(rows.AsSpan(), classes);
    }
}
