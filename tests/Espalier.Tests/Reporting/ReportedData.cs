using System.Text;
using System.Text.Json;
using Espalier.Graphs;
using Espalier.Training;

namespace Espalier.Tests.Reporting;

/// <summary>Models with everything that a report shows, and the data that a report has.</summary>
internal static class ReportedData
{
    /// <summary>What labels, names and settings may hold, and what must stay text.</summary>
    internal const string Hostile = "</script><img src=x onerror=alert(1)> \"quoted\" 'it' & \u2028 <!-- Grünfink 鳥";

    internal static readonly EpochRecord[] History =
    [
        new(1, 10, 0.1, 2.25, 0.2, 2, 0.25, 1.5, 100),
        new(2, 20, 0.05, 1.5, 0.5, double.NaN, double.NaN, 1.25, 120.5) { SavedSeconds = 0.25 },
        new(3, 30, 0.01, 1.25, 0.625, 1.125, 0.5, 1, 128),
    ];

    /// <summary>The small network with a ledger of two steps with accuracy and time.</summary>
    internal static Model WithLedger()
    {
        Model model = TinyData.Model();
        ModelFigures figures = ModelFigures.Of(model);
        return model
            .Record(new LineageEntry("load", [new("from", Hostile)], [])).WithFigures(figures with { Accuracy = 0.9, Milliseconds = 2, Bytes = 1_000_000 })
            .Record(new LineageEntry("prune", [new("granularity", "channels"), new("amount", "0.5")], [new("verified_samples", 10)])).WithFigures(figures with { Accuracy = 0.85, Milliseconds = 1 });
    }

    internal static ClassificationReport Evaluate(Model model, int count)
    {
        using var folder = new TemporaryFolder();
        using var classifier = new ImageClassifier(model, new ImageClassifierOptions { Threads = 1 });
        return classifier.Evaluate(TinyData.WriteCifar(folder, count));
    }

    /// <summary>The page of a report.</summary>
    internal static string Page(Model model, ModelReportOptions? options = null) => Encoding.UTF8.GetString(ModelReporting.Render(model, options, TestContext.Current.CancellationToken));

    /// <summary>The data in the page, as a browser reads it: the text between the element's tags.</summary>
    internal static JsonElement Of(string page)
    {
        const string Begin = "<script type=\"application/json\" id=\"data\">";
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        using JsonDocument document = JsonDocument.Parse(page[begin..page.IndexOf("</script", begin, StringComparison.OrdinalIgnoreCase)]);
        return document.RootElement.Clone();
    }
}
