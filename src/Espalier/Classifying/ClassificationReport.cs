using System.Collections.Immutable;
using System.Globalization;
using Espalier.Data;

namespace Espalier;

/// <summary>The evaluation of a classifier on labelled images.</summary>
public sealed record ClassificationReport
{
    private readonly ImmutableArray<int> _ranks; // the number of images by the rank of the true class

    internal ClassificationReport(ImmutableArray<int> ranks) => _ranks = ranks;

    /// <summary>The number of evaluated images: those that could be read and have a label.</summary>
    public required int Count { get; init; }

    /// <summary>The mean cross-entropy in nats: −ln of the predicted probability of the true class.</summary>
    public required double Loss { get; init; }

    /// <summary>The top-1 accuracy: the fraction of images whose class has the largest logit, from 0 to 1.</summary>
    public double Accuracy => TopAccuracy(1);

    /// <summary>
    /// The expected calibration error (Guo 2017, "On Calibration of Modern Neural Networks"), with 15 bins of equal width: the mean difference between the probability of the predicted class and
    /// the accuracy, from 0 (perfectly calibrated) to 1.
    /// </summary>
    public required double CalibrationError { get; init; }

    /// <summary>The reliability diagram (Guo 2017, §2): the images in 15 bins of equal width by the probability of the predicted class, from the least to the largest.</summary>
    public required ImmutableArray<CalibrationBin> Calibration { get; init; }

    /// <summary>The images of the largest loss, the largest first; of equal losses the earlier image first. As many as <see cref="EvaluationOptions.Worst"/>.</summary>
    public required ImmutableArray<EvaluatedImage> Worst { get; init; }

    /// <summary>The per-class results, in the order of the model's outputs.</summary>
    public required ImmutableArray<ClassFigures> Classes { get; init; }

    /// <summary>The confusion matrix.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>The images that could not be read, in the order of the data.</summary>
    public required IReadOnlyList<SampleFailure> Unreadable { get; init; }

    /// <summary>A message for users about assumptions made when classes were matched, or <see langword="null"/>.</summary>
    public string? Note { get; init; }

    /// <summary>Messages for users about the files of the data; see <see cref="IDataset.Notes"/>.</summary>
    public IReadOnlyList<string> DataNotes { get; init; } = [];

    /// <summary>The number of images whose class is among the <paramref name="k"/> largest logits.</summary>
    public int TopCorrect(int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        return _ranks.Take(k).Sum();
    }

    /// <summary>The top-k accuracy: the fraction of images whose class is among the <paramref name="k"/> largest logits, from 0 to 1.</summary>
    public double TopAccuracy(int k) => (double)TopCorrect(k) / Count;

    /// <summary>Accuracy, loss, calibration error and the number of images.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"accuracy {Accuracy:0.0%}, loss {Loss:0.0000}, calibration error {CalibrationError:0.0%} of {Count} images")
        + (Unreadable.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {Unreadable.Count} could not be read"));
}

/// <summary>The results of a classifier for one class.</summary>
/// <param name="Label">The name of the class; its index if the model has no labels.</param>
/// <param name="Count">The number of images of the class.</param>
/// <param name="Predicted">The number of images that were predicted to be of the class.</param>
/// <param name="Correct">The number of images of the class that were predicted correctly.</param>
public sealed record ClassFigures(string Label, int Count, int Predicted, int Correct)
{
    /// <summary>The fraction of correct predictions among all predictions of the class, from 0 to 1; NaN if it was never predicted.</summary>
    public double Precision => (double)Correct / Predicted;

    /// <summary>The fraction of correct predictions among the images of the class, from 0 to 1; NaN if it has no images.</summary>
    public double Recall => (double)Correct / Count;

    /// <summary>The harmonic mean of precision and recall, from 0 to 1; NaN if the class has no images and was never predicted.</summary>
    public double F1 => 2.0 * Correct / (Count + Predicted);
}

/// <summary>The images whose predicted class has a probability above <paramref name="From"/> and at most <paramref name="To"/>.</summary>
/// <param name="From">The lower edge.</param>
/// <param name="To">The upper edge.</param>
/// <param name="Count">The number of images.</param>
/// <param name="Correct">The number of images that were predicted correctly.</param>
/// <param name="Confidence">The mean probability of the predicted class; NaN if there are no images.</param>
public readonly record struct CalibrationBin(double From, double To, int Count, int Correct, double Confidence)
{
    /// <summary>The fraction of correct predictions, from 0 to 1; NaN if there are no images. A calibrated classifier has that of <see cref="Confidence"/>.</summary>
    public double Accuracy => (double)Correct / Count;
}

/// <summary>An image with its true and its predicted class.</summary>
/// <param name="Name">Its name, usually the path of its file.</param>
/// <param name="Index">Its index in the evaluated data.</param>
/// <param name="Truth">The index of its class.</param>
/// <param name="TruthLabel">The name of its class; the index if the model has no labels.</param>
/// <param name="Predicted">The index of the predicted class.</param>
/// <param name="PredictedLabel">The name of the predicted class; the index if the model has no labels.</param>
/// <param name="Probability">The probability of the predicted class.</param>
/// <param name="TruthProbability">The probability of the true class.</param>
/// <param name="Loss">The cross-entropy in nats: −ln of the probability of the true class.</param>
public sealed record EvaluatedImage(string Name, int Index, int Truth, string TruthLabel, int Predicted, string PredictedLabel, double Probability, double TruthProbability, double Loss)
{
    /// <summary>The image as text: <c>val/cat/17.jpg: cat, predicted dog 98.2%, loss 4.12</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}: {TruthLabel}, predicted {PredictedLabel} {Probability:0.0%}, loss {Loss:0.00}");
}
