namespace Espalier.Training;

/// <summary>The targets of a batch: a probability for each class of each image. Labels, smoothed labels, mixed labels and a teacher's predictions have this form.</summary>
public sealed class TargetDistribution
{
    private readonly float[] _probabilities;

    private TargetDistribution(float[] probabilities, int classes)
    {
        _probabilities = probabilities;
        Classes = classes;
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>The number of images.</summary>
    public int Count => _probabilities.Length / Classes;

    /// <summary>The probabilities, [images, classes].</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities;

    /// <summary>The probabilities of one image, [classes].</summary>
    public ReadOnlySpan<float> this[int image] => _probabilities.AsSpan(image * Classes, Classes);

    /// <summary>Creates targets from labels: 1 − smoothing on the label of each image, and smoothing spread evenly over all classes (Szegedy 2016, "Rethinking the Inception architecture", §7).</summary>
    /// <param name="labels">The class of each image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="smoothing">The probability that is spread over all classes, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A label is not in [0, classes).</exception>
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

    /// <summary>Creates targets from probabilities, [images, classes], which need not add up to 1.</summary>
    public static TargetDistribution Of(ReadOnlySpan<float> probabilities, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        return probabilities.Length % classes == 0
            ? new TargetDistribution(probabilities.ToArray(), classes)
            : throw new ArgumentException($"Found {probabilities.Length} probabilities; expected a multiple of {classes} classes.", nameof(probabilities));
    }

    /// <summary>Returns a copy of the targets of images <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> − 1.</summary>
    public TargetDistribution Slice(int start, int count) => new(_probabilities.AsSpan(start * Classes, count * Classes).ToArray(), Classes);
}
