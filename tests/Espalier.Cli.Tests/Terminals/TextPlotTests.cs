using System.Globalization;
using Espalier.Training;

namespace Espalier.Cli.Tests.Terminals;

public sealed class TextPlotTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(200)]
    public void Every_mark_stands_alone_and_has_its_words_below(int columns)
    {
        int count = 30;
        TextPlot.Point[] points = [.. Enumerable.Range(1, count).Select(i => new TextPlot.Point(1, 90 + (i % 2), $"{i} step{i}", i % 5 == 0))];
        string text = Print(new TextPlot("accuracy", "ms", points), columns);

        string[] plot = [.. text.Split('\n').Where(line => line.Contains('│', StringComparison.Ordinal) || line.Contains('┤', StringComparison.Ordinal)).Select(line => line[(line.IndexOfAny(['│', '┤']) + 1)..].TrimEnd('\r'))];
        IEnumerable<string> marks = plot.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(points.Select(point => point.Mark).Order(), marks.Order());
        Assert.All(points, point => Assert.Contains(point.Label, text, StringComparison.Ordinal));
        Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd('\r').Length <= columns, line));
    }

    [Fact]
    public void What_lies_between_a_pruning_and_the_training_that_recovers_from_it_is_a_drop()
    {
        (string Action, double Accuracy)[] steps =
        [
            ("train", 0.9), ("prune", 0.1), ("fold", 0.1), ("finetune", 0.88), // recovered
            ("prune", 0.87), ("finetune", 0.86), // the training found nothing better: the pruned model is of use
            ("prune", 0.8), ("prune", 0.2), ("finetune", 0.5), // the first of two was better than what came of them
            ("prune", 0.3), ("fold", 0.3), // nothing recovered from it: this is what there is
        ];

        Chart chart = StepChart.Of("t", "ms", [.. steps.Select((step, i) => new ChartedStep((i + 1).ToString(CultureInfo.InvariantCulture), step.Action, i, step.Accuracy))]);

        Assert.Equal(["1", "4", "5", "6", "7", "9", "10", "11"], chart.Curves[0].Labels);
        Assert.Equal(["2", "3", "8"], chart.Curves[1].Labels);
        Assert.True(chart.Curves[1].AreMarks);
    }

    private static string Print(TextPlot plot, int columns)
    {
        using var output = new StringWriter();
        var screen = new Screen(() => columns);
        using var writer = new ScreenWriter(output, screen);
        plot.Print(new Terminal(writer, TextWriter.Null) { Screen = screen });
        return output.ToString();
    }
}
