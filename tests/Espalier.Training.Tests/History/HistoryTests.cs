using System.Globalization;
using System.Xml.Linq;
using Espalier.Graphs;

namespace Espalier.Training.Tests.History;

public sealed class HistoryTests
{
    private static readonly EpochRecord[] Epochs =
    [
        new(1, 40, 0.1, 2.25, 0.125, 2.0, 0.25, 12.5, 1024.04) { SavedSeconds = 2.5 },
        new(2, 80, 0.1 / 3, 1.5, 0.5, double.NaN, double.NaN, 12.25, 1000),
    ];

    [Fact]
    public void The_table_has_a_line_for_each_epoch_whose_numbers_read_back()
    {
        string[] lines = HistoryCsv.Format(Epochs).Split('\n');
        Assert.Equal("epoch,step,learning_rate,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds,images_per_second,saved_share", lines[0]);
        Assert.Equal("1,40,0.1,2.25,0.125,2,0.25,12.5,1024,0.1667", lines[1]);
        string[] second = lines[2].Split(',');
        Assert.Equal(0.1 / 3, double.Parse(second[2], CultureInfo.InvariantCulture));
        Assert.Equal(["", "", ""], [.. second[5..7], second[^1]]);
        Assert.Equal(["", ""], [lines[3], ""]);
    }

    [Fact]
    public void The_drawing_is_xml_with_axes_curves_and_a_legend()
    {
        XElement svg = XDocument.Parse(ChartDrawing.Draw(Chart.Of(Epochs))).Root!;
        string[] texts = [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        Assert.Subset(texts.ToHashSet(), new HashSet<string>(["Loss", "Accuracy", "epoch", "cross-entropy", "top-1 in %", "training", "validation", "1", "2"]));
        Assert.Equal(4, svg.Descendants().Count(e => e.Attribute("stroke-width")?.Value == "1.8"));
    }

    [Fact]
    public void Names_are_escaped_and_gaps_stay_gaps()
    {
        Curve curve = new("a<b & \"c\"", [new(0, 1), new(1, double.NaN), new(2, 3), new(3, 4)]);
        XElement svg = XDocument.Parse(ChartDrawing.Draw(new Chart("t", "x", "y", [curve]))).Root!;
        string path = svg.Descendants().Single(e => e.Attribute("stroke-width")?.Value == "1.8").Attribute("d")!.Value;
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Equal(1, path.Count(c => c == 'L'));
        Assert.Contains(svg.Descendants(), e => e.Value == "a<b & \"c\"");
    }

    [Theory]
    [InlineData(0, 100, false, 0, 100, 20)]
    [InlineData(0.2, 2.3, false, 0.0, 2.5, 0.5)]
    [InlineData(1, 160, true, 1, 160, 50)]
    [InlineData(3, 3, true, 3, 4, 1)]
    public void Ticks_are_at_round_numbers(double least, double greatest, bool whole, double from, double to, double interval)
    {
        ChartAxis axis = ChartAxis.Over([least, greatest, double.NaN], fromZero: false, whole);
        Assert.Equal((from, to, interval), (axis.Least, axis.Greatest, axis.Interval));
        Assert.All(axis.Ticks(), tick => Assert.InRange(tick, axis.Least - 1e-9, axis.Greatest + 1e-9));
        Assert.NotEmpty(axis.Ticks());
    }

    [Fact]
    public void No_curves_make_an_empty_chart_without_a_legend()
    {
        XElement svg = XDocument.Parse(ChartDrawing.Draw(new Chart("t", "x", "y", []))).Root!;
        Assert.Contains(svg.Descendants(), element => element.Value == "t");
        Assert.DoesNotContain(svg.Descendants(), element => element.Attribute("fill-opacity") is not null);
    }

    [Fact]
    public void No_points_make_an_empty_chart() =>
        Assert.NotNull(XDocument.Parse(ChartDrawing.Draw(new Chart("t", "x", "y", [new Curve("none", [])]))).Root);
}
