using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The report of a fold.</summary>
/// <param name="folded">The folded model, with the merges and refusals.</param>
internal sealed class FoldOutput(FoldedModel folded)
{
    private const int ShownRanges = 5;
    private const double Notable = 256; // beyond it all weights of the weakest channel round to zero in 8 bits

    private FoldingReport Report => folded.Report;

    /// <summary>Node, rule and reason of what was left as it is.</summary>
    private IEnumerable<(string Node, string Rule, string Reason)> Refusals =>
    [
        .. Report.Refusals.Select(refusal => (refusal.Node, refusal.Rule.ToString(), refusal.Reason)),
        .. folded.KeptNorms.Select(refusal => (refusal.Node, "Quantized", refusal.Reason)),
        .. folded.KeptResiduals.Select(refusal => (refusal.Node, "Residual", refusal.Reason)),
    ];

    /// <summary>The report as text: every merge and refusal, and warnings.</summary>
    internal IEnumerable<ReportPart> Text =>
    [
        .. Section("merged", Report.Merges.Select(merge => merge.ToString())),
        .. Section("not merged", Report.Refusals.Select(refusal => refusal.ToString())
            .Concat(folded.KeptNorms.Select(refusal => $"{refusal.Node} {refusal.Reason}")).Concat(folded.KeptResiduals.Select(refusal => $"{refusal.Node}: its shortcut is kept: {refusal.Reason}"))),
        folded.QuantizedNorms > 0 ? (ReportPart)$"{folded.QuantizedNorms} norm{(folded.QuantizedNorms == 1 ? "" : "s")} folded into layers with 8-bit weights: scales, signs and biases changed" : default,
        Report.After.Graph.Outputs.Skip(1).ToArray() is { Length: > 0 } further
            ? (ReportPart)$"it has {further.Length} output{(further.Length == 1 ? "" : "s")} after the first ({string.Join(", ", further)}), which --remove-further-outputs removes"
            : default,
        Report.Merges.Count(merge => merge.Zeros is { FillsIn: true }) is var filled and > 0
            ? ReportPart.Warning($"masked zeros became non-zero where {filled} layers were merged, because their branches are not masked at the same positions; prune blocks that will be folded in all branches together (prune --branches)")
            : default,
        .. Section("ill-conditioned norms", Report.IllConditioned.Select(norm => norm.ToString())),
        WorstRanges([.. WeightRange.Of(Report.After).Take(ShownRanges)]),
    ];

    /// <summary>The report as JSON.</summary>
    internal ReportObject Data => new()
    {
        {
            "merges", ReportTable.Of(Report.Merges)
                .Field("nodes", merge => ReportValue.List(merge.Nodes))
                .Field("source", merge => merge.Source)
                .Field("into", merge => merge.Into)
                .Field("transforms", merge => ReportValue.List(merge.Transforms.Select(transform => transform.ToString())))
                .Field("operations_before", merge => merge.Before.Operations)
                .Field("operations", merge => merge.After.Operations)
                .Field("weight_bytes_before", merge => merge.Before.Bytes)
                .Field("weight_bytes", merge => merge.After.Bytes)
                .Field("masked_weights", merge => merge.Zeros?.Masked)
                .Field("zeros", merge => merge.Zeros?.Left)
        },
        {
            "refusals", ReportTable.Of(Refusals)
                .Field("node", refusal => refusal.Node)
                .Field("rule", refusal => refusal.Rule)
                .Field("reason", refusal => refusal.Reason)
        },
        {
            "ill_conditioned", ReportTable.Of(Report.IllConditioned)
                .Field("node", norm => norm.Node)
                .Field("channels", norm => norm.Channels)
                .Field("smallest_variance", norm => norm.SmallestVariance)
        },
        {
            "weight_ranges", ReportTable.Of(WeightRange.Of(Report.After))
                .Field("node", range => range.Node)
                .Field("greatest", range => range.Greatest)
                .Field("least", range => range.Least)
                .Field("ratio", range => range.Ratio)
                .Field("zero_channels", range => range.ZeroChannels)
        },
    };

    private static ReportTable? WorstRanges(WeightRange[] ranges) => ranges.Length == 0 ? null : ReportTable.Of(ranges)
        .Text("weight ranges (worst)", range => range.Node)
        .Number("greatest", range => Figures(range.Greatest))
        .Number("least", range => Figures(range.Least))
        .Number("ratio", range => Amount.Fixed(range.Ratio, 1) + (range.Ratio > Notable ? " !" : ""))
        .Text("channels", range => range.WorstChannels + (range.ZeroChannels == 0 ? "" : $" ({range.ZeroChannels} all zero)"));

    private static string Figures(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    private static IEnumerable<ReportPart> Section(string title, IEnumerable<string> lines)
    {
        ReportPart[] all = [.. lines.Select(line => (ReportPart)$"  {line}")];
        return all.Length == 0 ? [] : [title, .. all, ""];
    }
}
