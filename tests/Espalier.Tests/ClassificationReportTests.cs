using Espalier.Data;
using Espalier.Tensors;

namespace Espalier.Tests;

public class ClassificationReportTests
{
    [Fact]
    public void Figures_are_those_of_their_definitions()
    {
        // truth, logits: ln of the probabilities, so that softmax gives these back
        (int Truth, double[] P)[] samples =
        [
            (0, [0.7, 0.2, 0.1]), // right
            (0, [0.3, 0.6, 0.1]), // taken for 1
            (1, [0.1, 0.8, 0.1]), // right
            (2, [0.5, 0.3, 0.2]), // taken for 0
        ];
        var tally = new ReportTally(new OutputClasses(["a", "b", "c"], 3).Match(new Truths([.. samples.Select(sample => sample.Truth)])), 3);
        for (int i = 0; i < samples.Length; i++)
        {
            tally.Add([.. samples[i].P.Select(p => (float)Math.Log(p))], i);
        }

        ClassificationReport report = tally.ToReport([]);

        Assert.Equal((4, 0.5, 0.75, 1.0), (report.Count, report.Accuracy, report.TopAccuracy(2), report.TopAccuracy(3)));
        Assert.Equal(-(Math.Log(0.7) + Math.Log(0.3) + Math.Log(0.8) + Math.Log(0.2)) / 4, report.Loss, 1e-6);
        Assert.Equal(
            [new ClassFigures("a", 2, 2, 1), new ClassFigures("b", 1, 2, 1), new ClassFigures("c", 1, 0, 0)],
            report.Classes);
        Assert.Equal((0.5, 0.5, 0.5), (report.Classes[0].Precision, report.Classes[0].Recall, report.Classes[0].F1));
        Assert.Equal((0.5, 1.0), (report.Classes[1].Precision, report.Classes[1].Recall));
        Assert.True(double.IsNaN(report.Classes[2].Precision));
        Assert.Equal((1, 1, 1, 0), (report.Confusion[0, 0], report.Confusion[0, 1], report.Confusion[2, 0], report.Confusion[2, 2]));
        Assert.Equal([(0, 1, 1), (2, 0, 1)], report.Confusion.Confusions);
        Assert.Throws<ArgumentOutOfRangeException>(() => report.Confusion[3, 0]);

        // each sample is alone in its bin of 1/15: (|1 − 0.7| + |0 − 0.6| + |1 − 0.8| + |0 − 0.5|) / 4
        Assert.Equal((0.3 + 0.6 + 0.2 + 0.5) / 4, report.CalibrationError, 1e-6);
    }

    [Fact]
    public void Probabilities_in_one_bin_are_compared_with_the_share_of_right_answers()
    {
        var tally = new ReportTally(new OutputClasses([], 2).Match(new Truths(0, 0, 0, 1)), 2);
        for (int i = 0; i < 4; i++)
        {
            tally.Add([(float)Math.Log(3), 0], i); // 0.75 for class 0, which three of four are
        }

        Assert.Equal(0, tally.ToReport([]).CalibrationError, 1e-6);
        Assert.Equal(["0", "1"], tally.ToReport([]).Classes.Select(figures => figures.Label));
    }

    [Fact]
    public void Bins_of_the_reliability_diagram_have_counts_accuracy_and_confidence()
    {
        var tally = new ReportTally(new OutputClasses([], 2).Match(new Truths(0, 0, 0, 1, 1)), 2);
        for (int i = 0; i < 4; i++)
        {
            tally.Add([(float)Math.Log(3), 0], i); // 0.75: three of four are right
        }

        tally.Add([0, 0], 4); // 0.5 for class 0

        CalibrationBin[] bins = [.. tally.ToReport([]).Calibration];
        Assert.Equal(15, bins.Length);
        Assert.Equal((0.0, 1.0), (bins[0].From, bins[^1].To));
        Assert.Equal((4, 3, 0.75), (bins[11].Count, bins[11].Correct, bins[11].Accuracy)); // 11/15 < 0.75 <= 12/15
        Assert.Equal(0.75, bins[11].Confidence, 1e-6);
        Assert.Equal((1, 0, 0.5), (bins[7].Count, bins[7].Correct, bins[7].Confidence)); // 7/15 < 0.5 <= 8/15
        Assert.Equal(5, bins.Sum(bin => bin.Count));
        Assert.True(double.IsNaN(bins[0].Accuracy));
        double error = bins.Where(bin => bin.Count > 0).Sum(bin => bin.Count * Math.Abs(bin.Accuracy - bin.Confidence)) / 5;
        Assert.Equal(tally.ToReport([]).CalibrationError, error, 1e-12);
    }

    [Fact]
    public void The_worst_images_are_those_of_the_largest_loss()
    {
        float[][] logits = [[0, 5], [5, 0], [0, 3], [0, 5], [0, 5]];
        var tally = new ReportTally(new OutputClasses(["cat", "dog"], 2).Match(new Truths(0, 0, 0, 1, 0)), 2, worst: 3);
        for (int i = 0; i < logits.Length; i++)
        {
            tally.Add(logits[i], i);
        }

        ClassificationReport report = tally.ToReport([]);

        Assert.Equal([0, 4, 2], report.Worst.Select(image => image.Index)); // of equal losses the earlier first
        EvaluatedImage worst = report.Worst[0];
        Assert.Equal(("0", 0, "cat", 1, "dog"), (worst.Name, worst.Truth, worst.TruthLabel, worst.Predicted, worst.PredictedLabel));
        Assert.Equal(1 / (1 + Math.Exp(-5)), worst.Probability, 1e-9);
        Assert.Equal(1 - worst.Probability, worst.TruthProbability, 1e-9);
        Assert.Equal(-Math.Log(worst.TruthProbability), worst.Loss, 1e-9);
        Assert.Equal(["0: cat, predicted dog 99.3%, loss 5.01"], [$"{worst}"]);
    }

    private sealed class Truths(params int[] classes) : IDataset
    {
        public int Count => classes.Length;

        public IReadOnlyList<string> Labels => [];

        public Shape? SampleShape => null;

        public int LabelOf(int index) => classes[index];

        public string NameOf(int index) => $"{index}";

        public void Read(int index, PixelBuffer pixels) => throw new NotSupportedException();
    }
}
