using System.Globalization;
using System.Xml.Linq;

namespace Espalier.Training.Tests.History;

public sealed class LabelledChartTests
{
    [Fact]
    public void Every_point_has_a_dot_and_its_label_beside_it_and_no_label_covers_another()
    {
        CurvePoint[] crowd = [.. Enumerable.Range(0, 8).Select(i => new CurvePoint(1 + (0.001 * i), 90))];
        Curve curve = new("steps", [.. crowd, new CurvePoint(2, 80)]) { Labels = [.. Enumerable.Range(1, 9).Select(i => $"{i} <step>")] };

        XElement svg = XDocument.Parse(ChartDrawing.Draw(new Chart("t", "ms", "accuracy", [curve]) { FromZero = false })).Root!;

        Assert.Equal(9, svg.Descendants().Count(element => element.Name.LocalName == "circle"));
        XElement[] labels = [.. svg.Descendants().Where(element => element.Value.EndsWith("<step>", StringComparison.Ordinal) && element.Name.LocalName == "text")];
        Assert.Equal(9, labels.Length);
        (double X, double Y)[] places = [.. labels.Select(label => (Number(label, "x"), Number(label, "y")))];
        for (int i = 0; i < places.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                bool apart = Math.Abs(places[i].X - places[j].X) >= 48 || Math.Abs(places[i].Y - places[j].Y) >= 10.5; // eight letters of 6 pixels, a line of 11
                Assert.True(apart, $"labels {j + 1} and {i + 1} at {places[j]} and {places[i]}");
            }
        }
    }

    [Fact]
    public void Labels_are_clear_of_the_lines_between_points()
    {
        CurvePoint[] path = [new(5, 99), new(3.1, 98.5), new(3.3, 97), new(2, 97), new(1.5, 97)];
        Curve curve = new("steps", [.. path]) { Labels = ["1 train", "2 fine-tune", "3 fine-tune", "4 fold", "5 compile"] };
        Chart chart = new("t", "ms", "accuracy", [curve]) { FromZero = false };

        XElement svg = XDocument.Parse(ChartDrawing.Draw(chart)).Root!;

        foreach (XElement label in svg.Descendants().Where(element => curve.Labels.Contains(element.Value)))
        {
            (double x, double y) = (Number(label, "x"), Number(label, "y"));
            foreach (((double X, double Y) from, (double X, double Y) to) in ChartFrame.Of(chart).Lines(chart))
            {
                IEnumerable<(double X, double Y)> line = Enumerable.Range(0, 200).Select(i => (from.X + ((to.X - from.X) * i / 200), from.Y + ((to.Y - from.Y) * i / 200)));
                Assert.DoesNotContain(line, point => point.X > x && point.X < x + (6 * label.Value.Length) && point.Y > y - 9 && point.Y < y);
            }
        }
    }

    [Fact]
    public void Marks_do_not_stretch_the_axis_and_those_below_it_are_arrows_with_their_value()
    {
        Curve path = new("path", [new(0.3, 99), new(0.1, 97)]) { Labels = ["1 a", "4 d"] };
        Curve marks = new("drops", [new(0.2, 10.9), new(0.25, 98)]) { Labels = ["2 b", "3 c"], AreMarks = true };

        XElement svg = XDocument.Parse(ChartDrawing.Draw(new Chart("t", "ms", "accuracy", [path, marks]) { FromZero = false })).Root!;

        string[] texts = [.. svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];
        Assert.Subset(texts.ToHashSet(), new HashSet<string>(["1 a", "2 b: 10.9", "3 c", "4 d", "97.0", "99.0", "0.10", "0.30"]));
        Assert.DoesNotContain("20.0", texts);
        Assert.Equal(2, svg.Descendants().Count(element => element.Name.LocalName == "circle"));
    }

    [Fact]
    public void The_legend_stands_where_no_curve_is()
    {
        Curve low = new("one", [new(1, 0), new(2, 1)]);
        Curve high = new("two", [new(1, 9), new(2, 10)]);
        double TopOf(params Curve[] curves) => Number(XDocument.Parse(ChartDrawing.Draw(new Chart("t", "x", "y", [.. curves]) { Reaches = 10 })).Root!.Descendants().Last(element => element.Name.LocalName == "rect"), "y");
        Assert.True(TopOf(low, low) < 100);
        Assert.True(TopOf(high, high) > 200);
    }

    [Fact]
    public void An_axis_that_counts_nothing_has_ticks_between_whole_numbers()
    {
        Chart chart = new("t", "ms", "y", [new Curve("c", [new(0.1, 1), new(0.3, 2)])]);
        Assert.Contains(XDocument.Parse(ChartDrawing.Draw(chart)).Root!.Descendants(), element => element.Value == "0.15");
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
