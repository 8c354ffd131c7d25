using System.Collections.Immutable;
using System.Globalization;
using Espalier.Data;

namespace Espalier;

/// <summary>How good a classifier is on images whose classes are known.</summary>
public sealed record ClassificationReport
{
    private readonly ImmutableArray<int> _ranks; // how many images had so many classes before the true one

    internal ClassificationReport(ImmutableArray<int> ranks) => _ranks = ranks;

    /// <summary>Images that count: those that could be read and whose class is known.</summary>
    public required int Count { get; init; }

    /// <summary>The mean cross-entropy in nats: −ln of the probability that the network gives the truth.</summary>
    public required double Loss { get; init; }

    /// <summary>The share of images whose class has the greatest logit.</summary>
    public double Accuracy => TopAccuracy(1);

    /// <summary>
    /// The expected calibration error (Guo 2017, "On Calibration of Modern Neural Networks"), with 15 bins of equal width: by how much the probability of the answer and the share of
    /// right answers differ, from 0 for probabilities that can be taken at their word to 1.
    /// </summary>
    public required double CalibrationError { get; init; }

    /// <summary>The figures of every class of the model, in the order of its outputs.</summary>
    public required ImmutableArray<ClassFigures> Classes { get; init; }

    /// <summary>What was taken for what.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>The images that could not be read, in the data's order.</summary>
    public required IReadOnlyList<SampleFailure> Unreadable { get; init; }

    /// <summary>What was assumed about the classes, for people, or <see langword="null"/>.</summary>
    public string? Note { get; init; }

    /// <summary>How many images have their class among the <paramref name="k"/> greatest logits.</summary>
    public int TopCorrect(int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        return _ranks.Take(k).Sum();
    }

    /// <summary>The share of images whose class is among the <paramref name="k"/> greatest logits.</summary>
    public double TopAccuracy(int k) => (double)TopCorrect(k) / Count;

    /// <summary>Accuracy, loss and calibration error, and of how many images.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"accuracy {Accuracy:0.0%}, loss {Loss:0.0000}, calibration error {CalibrationError:0.0%} of {Count} images")
        + (Unreadable.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {Unreadable.Count} could not be read"));
}

/// <summary>How a classifier does on one class.</summary>
/// <param name="Label">The class's name; its number where the model has no labels.</param>
/// <param name="Count">Images of the class.</param>
/// <param name="Predicted">Images that were taken for it.</param>
/// <param name="Correct">Images of the class that were taken for it.</param>
public sealed record ClassFigures(string Label, int Count, int Predicted, int Correct)
{
    /// <summary>Of the images that were taken for it, the share that are of it; not a number where none was.</summary>
    public double Precision => (double)Correct / Predicted;

    /// <summary>Of its images, the share that was recognised; not a number where there is none.</summary>
    public double Recall => (double)Correct / Count;

    /// <summary>The harmonic mean of precision and recall; not a number where it has no images and was never predicted.</summary>
    public double F1 => 2.0 * Correct / (Count + Predicted);
}
