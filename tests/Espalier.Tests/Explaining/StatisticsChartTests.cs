using System.Xml.Linq;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Training;

namespace Espalier.Tests;

public sealed class StatisticsChartTests : IDisposable
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_bar_has_the_length_of_its_value()
    {
        var chart = new RowChart("a & b", "fraction", [new BarRow("first", [new RowBar(0, 0.5, 0, 1)], "50%"), new BarRow("empty", [], "–")]) { Axis = ChartAxis.Over([0, 1], true, false), Colors = ["one", "two"] };

        XElement picture = XDocument.Parse(RowChartDrawing.Draw(chart)).Root!;

        Assert.Contains("a & b", Texts(picture));
        string[] bars = [.. picture.Elements(s_svg + "path").Select(path => (string)path.Attribute("d")!).Where(path => path.Contains('z'))];
        Assert.Contains("h160V", bars.Single(), StringComparison.Ordinal); // half of 320
        Assert.Equal(["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"], Texts(picture).Where(text => text.Contains('.')));
        Assert.Equal(["one", "two", "first", "50%", "empty", "–"], Texts(picture).Intersect(["one", "two", "first", "50%", "empty", "–"]));
    }

    [Fact]
    public void Every_layer_and_node_has_its_row()
    {
        Model before = Zoo.Create("cifar_resnet8").Initialize(1);
        Model pruned = before.Prune(PruneOptions.Channels(workLeft: 0.5), cancellation: TestContext.Current.CancellationToken).Model;
        NetworkWeights weights = pruned.MeasureWeights(before);
        NetworkActivations activations = before.MeasureActivations(TinyData.WriteCifar(_folder, 3), cancellation: TestContext.Current.CancellationToken);
        string[] layers = [.. weights.Layers.Select(layer => layer.Name)], nodes = [.. activations.Nodes.Select(node => node.Name)];

        weights.WriteZerosSvg(_folder["a.svg"], "net");
        weights.WriteHistogramsSvg(_folder["b.svg"], "net");
        weights.WriteNormsSvg(_folder["c.svg"], "net");
        activations.WriteZerosSvg(_folder["d.svg"], "net");
        activations.WriteHistogramsSvg(_folder["e.svg"], "net");
        activations.WriteBlocksSvg(_folder["f.svg"], "net");

        Assert.Empty(layers.Except(Texts("a.svg")));
        Assert.Empty(layers.Except(Texts("b.svg")));
        Assert.Empty(layers.Select(layer => $"{layer} before").Except(Texts("c.svg")));
        Assert.Equal(layers.Length, Texts("c.svg").Count(text => text == "now"));
        Assert.Empty(nodes.Except(Texts("d.svg")));
        Assert.Empty(nodes.Except(Texts("e.svg")));
        Assert.Empty(new[] { "layer1.0", "layer2.0", "layer3.0" }.Except(Texts("f.svg")));
    }

    [Fact]
    public void An_evaluation_is_drawn()
    {
        string data = TinyData.WriteCifar(_folder, 20);
        using var classifier = new ImageClassifier(TinyData.Model());
        ClassificationReport report = classifier.Evaluate(data, new EvaluationOptions { Worst = 2 }, cancellation: TestContext.Current.CancellationToken);

        report.WriteCalibrationSvg(_folder["calibration.svg"], "net");
        report.WriteConfusionSvg(_folder["confusion.svg"], "net");

        Assert.Equal(2, report.Worst.Length);
        Assert.Contains("calibrated", Texts("calibration.svg"));
        Assert.Contains("20 images", Texts("calibration.svg"));
        Assert.Empty(report.Classes.Select((figures, i) => $"{i} {figures.Label}").Except(Texts("confusion.svg")));
        Assert.Contains(Texts("confusion.svg"), text => text == $"{report.Confusion.Confusions.First().Count}");
    }

    private static IEnumerable<string> Texts(XElement picture) => picture.Descendants(s_svg + "text").Select(text => text.Value);

    private IEnumerable<string> Texts(string file) => Texts(XDocument.Load(_folder[file]).Root!);
}
