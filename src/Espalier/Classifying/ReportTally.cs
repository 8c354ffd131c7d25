using System.Globalization;
using Espalier.Data;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Accumulates the figures of a <see cref="ClassificationReport"/>.</summary>
/// <param name="data">The images, with the classifier's outputs as classes.</param>
/// <param name="classes">The number of outputs.</param>
/// <param name="worst">The number of images of the largest loss that are listed.</param>
internal sealed class ReportTally(MatchedDataset data, int classes, int worst = 0)
{
    private const int Bins = 15; // Guo 2017

    private readonly EvaluationTally _tally = new(data);
    private readonly int[] _ranks = new int[classes];
    private readonly (int Images, int Predicted)[] _classes = new (int, int)[classes];
    private readonly Dictionary<(int Truth, int Predicted), int> _confusion = [];
    private readonly (int Count, int Correct, double Confidence)[] _bins = new (int, int, double)[Bins];
    private readonly PriorityQueue<EvaluatedImage, (double Loss, int Earlier)> _worst = new(); // the least of them first

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
        double[] probabilities = Prediction.Softmax(logits);
        double confidence = probabilities[predicted];
        ref (int Count, int Correct, double Confidence) bin = ref _bins[Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1)];
        bin = (bin.Count + 1, bin.Correct + (rank == 0 ? 1 : 0), bin.Confidence + confidence);
        if (worst > 0)
        {
            double loss = EvaluationTally.CrossEntropy(logits, truth);
            _worst.Enqueue(new EvaluatedImage(data.NameOf(index), index, truth, LabelOf(truth), predicted, LabelOf(predicted), confidence, probabilities[truth], loss), (loss, -index));
            if (_worst.Count > worst)
            {
                _worst.Dequeue();
            }
        }
    }

    /// <summary>Creates the report.</summary>
    internal ClassificationReport ToReport(IReadOnlyList<SampleFailure> unreadable) => new([.. _ranks])
    {
        Count = Count,
        Loss = _tally.Loss,
        CalibrationError = _bins.Sum(bin => Math.Abs(bin.Correct - bin.Confidence)) / Count,
        Classes = [.. Enumerable.Range(0, classes).Select(FiguresOf)],
        Calibration = [.. _bins.Select((bin, i) => new CalibrationBin((double)i / Bins, (double)(i + 1) / Bins, bin.Count, bin.Correct, bin.Confidence / bin.Count))],
        Worst = [.. _worst.UnorderedItems.OrderByDescending(image => image.Priority).Select(image => image.Element)],
        Confusion = new ConfusionMatrix(classes, _confusion),
        Unreadable = unreadable,
        Note = data.Note,
        DataNotes = data.Notes,
    };

    private string LabelOf(int place) => place < data.Labels.Count ? data.Labels[place] : place.ToString(CultureInfo.InvariantCulture);

    private ClassFigures FiguresOf(int place) => new(
        LabelOf(place),
        _classes[place].Images,
        _classes[place].Predicted,
        _confusion.GetValueOrDefault((place, place)));
}
