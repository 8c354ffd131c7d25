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

        XElement svg = XDocument.Parse(ChartDrawing.Draw(new Chart("t", "ms", "accuracy", [curve]) { Counts = false, FromZero = false })).Root!;

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
    public void An_axis_that_counts_nothing_has_ticks_between_whole_numbers()
    {
        Chart chart = new("t", "ms", "y", [new Curve("c", [new(0.1, 1), new(0.3, 2)])]) { Counts = false };
        Assert.Contains(XDocument.Parse(ChartDrawing.Draw(chart)).Root!.Descendants(), element => element.Value == "0.15");
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
