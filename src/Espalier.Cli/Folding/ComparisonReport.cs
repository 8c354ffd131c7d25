using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The sizes of two networks and the difference of their outputs.</summary>
internal sealed class ComparisonReport(Model before, Model after, ModelComparison comparison)
{
    /// <summary>The report as text: sizes before and after, and the difference of the outputs.</summary>
    internal IEnumerable<ReportPart> Text =>
    [
        Sizes(),
        $"same class on {Amount.Exact(comparison.SameClass)} of {Amount.Exact(comparison.Samples)} samples; maximum difference {Scientific(comparison.Difference.Maximum)}, {Scientific(comparison.Difference.Relative)} of the largest output",
        comparison.HasAccuracy ? $"top-1 before {Accuracy(comparison.AccuracyBefore!)}, after {Accuracy(comparison.AccuracyAfter!)}" : null,
    ];

    /// <summary>The report as JSON.</summary>
    internal ReportObject Data => new()
    {
        { "before", Sizes(before) },
        { "after", Sizes(after) },
        {
            "verify", new ReportObject
            {
                { "samples", comparison.Samples },
                { "same_class", comparison.SameClass },
                { "maximum_difference", comparison.Difference.Maximum },
                { "relative_difference", comparison.Difference.Relative },
                { "top1_before", comparison.HasAccuracy ? comparison.AccuracyBefore!.Top1Correct : default(long?) },
                { "top1_after", comparison.HasAccuracy ? comparison.AccuracyAfter!.Top1Correct : default(long?) },
            }
        },
    };

    private ReportTable Sizes() => ReportTable.Of<(string Title, Graph Graph)>([("before", before.Graph), ("after", after.Graph)])
        .Text("", row => row.Title)
        .Number("nodes", row => Amount.Exact(row.Graph.Nodes.Length))
        .Number("parameters", row => Amount.Exact(new NetworkSummary(row.Graph).Parameters))
        .Number("MACs", row => Amount.Exact(new NetworkSummary(row.Graph).MultiplyAccumulates))
        .Number("weights", row => Amount.Bytes(MergeCost.Of(row.Graph, row.Graph.Nodes).Bytes))
        .Number("operations", row => Amount.Exact(MergeCost.Of(row.Graph, row.Graph.Nodes).Operations));

    private static ReportObject Sizes(Model model)
    {
        var summary = new NetworkSummary(model.Graph);
        MergeCost cost = MergeCost.Of(model.Graph, model.Graph.Nodes);
        return new()
        {
            { "nodes", model.Graph.Nodes.Length },
            { "parameters", summary.Parameters },
            { "macs", summary.MultiplyAccumulates },
            { "weight_bytes", cost.Bytes },
            { "operations", cost.Operations },
        };
    }

    private static string Accuracy(EvaluationTally tally) => $"{Amount.Percent(tally.Accuracy)} ({Amount.Exact(tally.Top1Correct)} correct)";

    private static string Scientific(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
