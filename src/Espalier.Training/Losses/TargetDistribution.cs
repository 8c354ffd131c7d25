namespace Espalier.Training;

/// <summary>What a batch should be recognised as: a probability for each class of each image. Labels, smoothed labels, mixtures and a teacher's opinions are all of this form.</summary>
public sealed class TargetDistribution
{
    private readonly float[] _probabilities;

    private TargetDistribution(float[] probabilities, int classes)
    {
        _probabilities = probabilities;
        Classes = classes;
    }

    /// <summary>Classes of the data.</summary>
    public int Classes { get; }

    /// <summary>Images of the batch.</summary>
    public int Count => _probabilities.Length / Classes;

    /// <summary>The probabilities, [images, classes].</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities;

    /// <summary>The probabilities of one image.</summary>
    public ReadOnlySpan<float> this[int image] => _probabilities.AsSpan(image * Classes, Classes);

    /// <summary>All of the probability on each image's label, but for a part that is spread over all classes (Szegedy 2016, "Rethinking the Inception architecture", §7).</summary>
    /// <param name="labels">The class of each image.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="smoothing">The part that is spread.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class.</exception>
    public static TargetDistribution Of(ReadOnlySpan<int> labels, int classes, double smoothing = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        float[] probabilities = new float[labels.Length * classes];
        float spread = (float)(smoothing / classes);
        Array.Fill(probabilities, spread);
        for (int i = 0; i < labels.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)labels[i], (uint)classes, nameof(labels));
            probabilities[(i * classes) + labels[i]] = (float)(1 - smoothing + (smoothing / classes));
        }

        return new TargetDistribution(probabilities, classes);
    }

    /// <summary>Given probabilities, [images, classes], which need not add up to 1.</summary>
    public static TargetDistribution Of(ReadOnlySpan<float> probabilities, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        return probabilities.Length % classes == 0
            ? new TargetDistribution(probabilities.ToArray(), classes)
            : throw new ArgumentException($"{probabilities.Length} probabilities are not whole rows of {classes} classes.", nameof(probabilities));
    }

    /// <summary>Some neighbouring images' targets.</summary>
    public TargetDistribution Slice(int start, int count) => new(_probabilities.AsSpan(start * Classes, count * Classes).ToArray(), Classes);
}
