using System.Globalization;
using Espalier.Data;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Accumulates the figures of a <see cref="ClassificationReport"/>.</summary>
/// <param name="data">The images, with the classifier's outputs as classes.</param>
/// <param name="classes">The number of outputs.</param>
internal sealed class ReportTally(MatchedDataset data, int classes)
{
    private const int Bins = 15; // Guo 2017

    private readonly EvaluationTally _tally = new(data);
    private readonly int[] _ranks = new int[classes];
    private readonly (int Images, int Predicted)[] _classes = new (int, int)[classes];
    private readonly Dictionary<(int Truth, int Predicted), int> _confusion = [];
    private readonly (int Count, int Correct, double Confidence)[] _bins = new (int, int, double)[Bins];

    /// <summary>The number of images.</summary>
    internal int Count => _tally.Count;

    /// <summary>Adds one image; an image without a label is ignored.</summary>
    /// <exception cref="EspalierException">The logits are not finite.</exception>
    internal void Add(ReadOnlySpan<float> logits, int index)
    {
        if (_tally.Add(logits, index) is not int rank)
        {
            return;
        }

        int truth = data.LabelOf(index);
        int predicted = rank == 0 ? truth : Largest.IndexOf(logits);
        _ranks[rank]++;
        _classes[truth].Images++;
        _classes[predicted].Predicted++;
        _confusion[(truth, predicted)] = _confusion.GetValueOrDefault((truth, predicted)) + 1;
        double confidence = Prediction.Softmax(logits)[predicted];
        ref (int Count, int Correct, double Confidence) bin = ref _bins[Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1)];
        bin = (bin.Count + 1, bin.Correct + (rank == 0 ? 1 : 0), bin.Confidence + confidence);
    }

    /// <summary>Creates the report.</summary>
    internal ClassificationReport ToReport(IReadOnlyList<SampleFailure> unreadable) => new([.. _ranks])
    {
        Count = Count,
        Loss = _tally.Loss,
        CalibrationError = _bins.Sum(bin => Math.Abs(bin.Correct - bin.Confidence)) / Count,
        Classes = [.. Enumerable.Range(0, classes).Select(FiguresOf)],
        Confusion = new ConfusionMatrix(classes, _confusion),
        Unreadable = unreadable,
        Note = data.Note,
        DataNotes = data.Notes,
    };

    private ClassFigures FiguresOf(int place) => new(
        place < data.Labels.Count ? data.Labels[place] : place.ToString(CultureInfo.InvariantCulture),
        _classes[place].Images,
        _classes[place].Predicted,
        _confusion.GetValueOrDefault((place, place)));
}
