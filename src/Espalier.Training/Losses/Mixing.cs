using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Whether and how the images of a batch are mixed with each other, and their targets in the same shares.</summary>
/// <remarks>Where both kinds are on, each batch gets one of them, drawn with even odds.</remarks>
public readonly record struct Mixing()
{
    /// <summary>α of mixup: shares are drawn from Beta(α, α). 0 for no mixup; the paper has 0.1 to 0.4 on ImageNet and 1 on CIFAR.</summary>
    public double MixupAlpha { get; init; }

    /// <summary>α of CutMix: the rectangle's area is drawn from Beta(α, α). 0 for no CutMix; the paper has 1.</summary>
    public double CutMixAlpha { get; init; }

    /// <summary>Whether anything is mixed.</summary>
    public bool IsOn => MixupAlpha > 0 || CutMixAlpha > 0;

    /// <summary>Mixes the images of a batch in place.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="smoothing">See <see cref="TargetDistribution.Of(ReadOnlySpan{int}, int, double)"/>.</param>
    /// <param name="random">Numbers for this batch alone.</param>
    /// <returns>The targets of what the images have become.</returns>
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
