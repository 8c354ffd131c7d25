using System.Globalization;
using System.Text;
using System.Text.Json;
using Espalier.Formats;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Cli;

/// <summary>What the experiment came to: a table on the terminal, all errors as comma-separated values, and a picture.</summary>
internal sealed class DegradationReport(IReadOnlyList<DegradationCurve> curves, string folder)
{
    private const string Header = "network,kind,depth,epoch,train_error,test_error";

    private readonly DegradationVerdict _plain = DegradationVerdict.Of(DegradationKind.Plain, curves);
    private readonly DegradationVerdict _residual = DegradationVerdict.Of(DegradationKind.Residual, curves);

    private string Table => Path.Combine(folder, "degradation.csv");

    private string Picture => Path.Combine(folder, "degradation.svg");

    private bool IsShown => _plain.IsWorse && _residual.IsNotWorse;

    /// <summary>Writes the files and prints.</summary>
    internal void Show(Terminal terminal, bool json)
    {
        AtomicFile.Write(Table, stream => stream.Write(Encoding.UTF8.GetBytes(Csv())));
        ChartDrawing.Write(Picture, [.. DegradationKind.All.Select(Panel)]);
        if (json)
        {
            Json.Print(terminal, Write);
        }
        else
        {
            Print(terminal);
        }
    }

    private string Csv()
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (DegradationCurve curve in curves)
        {
            foreach (EpochRecord epoch in curve.History)
            {
                text.Append(string.Create(
                    CultureInfo.InvariantCulture, $"{curve.Network},{curve.Kind.Name},{curve.Depth},{epoch.Epoch},{DegradationCurve.TrainingErrorOf(epoch):0.######},{DegradationCurve.TestErrorOf(epoch):0.######}\n"));
            }
        }

        return text.ToString();
    }

    private Chart Panel(DegradationKind kind)
    {
        DegradationCurve[] own = [.. curves.Where(curve => curve.Kind == kind)];
        return new Chart($"{char.ToUpperInvariant(kind.Name[0])}{kind.Name[1..]} networks", "epoch", "error in %", ValueList.From(own.SelectMany((curve, i) => curve.Draw(i))))
        {
            Reaches = 100 * curves.SelectMany(curve => curve.History).Max(epoch => Math.Max(DegradationCurve.TrainingErrorOf(epoch), DegradationCurve.TestErrorOf(epoch))), // both panels have one scale
        };
    }

    private void Print(Terminal terminal)
    {
        TablePrinter table = new TablePrinter().Text("network").Number("epochs").Number("training error").Number("test error");
        foreach (DegradationCurve curve in curves)
        {
            table.Row(curve.Network, Amount.Exact(curve.History.Count), Amount.Percent(curve.TrainingError), Amount.Percent(curve.TestError));
        }

        table.Print(terminal);
        Print(terminal, _plain);
        Print(terminal, _residual);
        terminal.Out.WriteLine(IsShown
            ? "The degradation of plain networks shows, and residual networks do not have it."
            : "This is not the paper's finding, that only plain networks become worse with depth; a few epochs may be too short for it.");
        terminal.Out.WriteLine($"files     {Table}, {Picture}");
    }

    private static void Print(Terminal terminal, DegradationVerdict verdict)
    {
        string judgement = verdict.IsWorse ? "deeper is worse" : verdict.IsNotWorse ? "deeper is not worse" : verdict.TrainsWorse ? "deeper is worse in training only" : "deeper is worse in the test only";
        terminal.Out.WriteLine(
            $"{verdict.Deep.Kind.Name,-9} {verdict.Deep.Depth} layers against {verdict.Shallow.Depth}: training error {Points(verdict.Deep.TrainingError - verdict.Shallow.TrainingError)}, test error {Points(verdict.Deep.TestError - verdict.Shallow.TestError)} points; {judgement}");
    }

    private static string Points(double difference) => (difference < 0 ? "" : "+") + Amount.Fixed(100 * difference, 2);

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("networks");
        foreach (DegradationCurve curve in curves)
        {
            json.WriteStartObject();
            json.WriteString("network", curve.Network);
            json.WriteString("kind", curve.Kind.Name);
            json.WriteNumber("depth", curve.Depth);
            json.WriteNumber("epochs", curve.History.Count);
            json.WriteFinite("train_error", curve.TrainingError);
            json.WriteFinite("test_error", curve.TestError);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("plain_deeper_is_worse", _plain.IsWorse);
        json.WriteBoolean("residual_deeper_is_not_worse", _residual.IsNotWorse);
        json.WriteString("table", Table);
        json.WriteString("picture", Picture);
        json.WriteEndObject();
    }
}
