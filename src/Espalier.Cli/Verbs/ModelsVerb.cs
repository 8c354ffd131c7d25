using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The verb <c>models</c>: lists the networks of the zoo.</summary>
internal sealed class ModelsVerb : Verb
{
    private readonly ReportOptions _report = new("Also writes the table, with all digits.");

    internal ModelsVerb(CliContext context)
        : base(
            context,
            "models",
            "Lists the networks of the zoo by family, with parameters and multiply-accumulates (MACs) at their usual input.",
            "espalier models",
            "espalier models --json | jq -r '.[] | select(.parameters < 5e6) | .name'") => _report.AddTo(this);

    private protected override int Run(ParseResult parsed)
    {
        ReportTable table = Table();
        _report.Show(parsed, Terminal, new Report(table)
        {
            Text = [table, "CIFAR networks are available in any depth of 6n + 2 (9n + 2 with bottlenecks), MobileNets in any width."],
            Rows = table,
        });
        return ExitCode.Success;
    }

    private ReportTable Table()
    {
        var families = new HashSet<string>();
        List<(ZooEntry Entry, bool IsFirst, NetworkSummary Summary)> rows = [];
        foreach (ZooEntry entry in Zoo.Entries)
        {
            Context.Cancellation.ThrowIfCancellationRequested();
            rows.Add((entry, families.Add(entry.Family), entry.Create().Summarize()));
        }

        return new ReportTable<(ZooEntry Entry, bool IsFirst, NetworkSummary Summary)>(rows) { Keys = 2 }
            .Text("family", row => row.IsFirst ? row.Entry.Family : "")
            .Text("name", "name", row => row.Entry.Name)
            .Field("family", row => row.Entry.Family)
            .Field("description", row => row.Entry.Description)
            .Number("input", "input", row => InputOf(row.Summary), row => InputOf(row.Summary))
            .Count("parameters", "parameters", row => row.Summary.Parameters, Amount.Short)
            .Count("MACs", "macs", row => row.Summary.MultiplyAccumulates, Amount.Short)
            .Text("description", row => row.Entry.Description);
    }

    private static string InputOf(NetworkSummary summary) => summary.Graph.ShapeOf(summary.Graph.Input.Name).ToString();
}
