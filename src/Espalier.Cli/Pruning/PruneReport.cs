using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The report of a pruning, by its granularity.</summary>
/// <param name="Data">The report as JSON.</param>
/// <param name="Text">The report as text.</param>
internal sealed record PruneReport(ReportObject Data, IEnumerable<ReportPart> Text)
{
    internal static PruneReport Of(PruningRequest request, PruningResult result) => request switch
    {
        WeightPruning => OfWeights(result),
        ChannelPruning channels => OfChannels(result, channels),
        _ => OfBlocks(result),
    };

    private static PruneReport OfWeights(PruningResult pruning)
    {
        ReportTable parameters = ReportTable.Of(pruning.Parameters)
            .Text("parameter", "name", row => row.Name)
            .Text("shape", "shape", row => row.Shape.ToString())
            .Count("weights", "weights", row => row.Shape.Count)
            .Count("removed before", "removed_before", row => row.Before)
            .Count("removed", "removed", row => row.Removed)
            .Measure("share", "sparsity", row => row.Sparsity, Amount.Percent);
        return new PruneReport(
            new() { { "parameters", parameters }, { "non_zeros_before", NonZeros.Of(pruning.Before) }, { "non_zeros", NonZeros.Of(pruning.Model) }, { "emptied", ReportValue.List(pruning.EmptiedParameters) } },
            [
                .. pruning.Parameters.IsEmpty ? (ReportPart[])[] : [parameters],
                .. pruning.EmptiedParameters.IsEmpty ? (ReportPart[])[] : [ReportPart.Warning($"nothing is left of {string.Join(", ", pruning.EmptiedParameters)}: what these layers compute no longer depends on their input; --exclude spares them, ranking without --global takes the same share of every layer")],
            ]);
    }

    private static PruneReport OfChannels(PruningResult pruning, ChannelPruning request)
    {
        ReportTable widths = ReportTable.Of(pruning.Widths)
            .Text("group", "name", row => row.Group)
            .Count("channels", "before", row => row.Before * row.ChannelsPerUnit)
            .Count("left", "after", row => row.After * row.ChannelsPerUnit)
            .Number("share", row => Amount.Percent((double)row.After / row.Before));
        return new PruneReport(
            new()
            {
                { "groups", widths },
                { "amount", pruning.Amount },
                { "removed", pruning.RemovedChannels.Length },
                { "carried", pruning.Carried },
                { "refusals", ReportValue.List(pruning.Refusals.Select(refusal => refusal.ToString())) },
            },
            [
                widths,
                $"{Amount.Exact(pruning.RemovedChannels.Length)} channels removed: an amount of {pruning.Amount.ToString("0.####", CultureInfo.InvariantCulture)}",
                pruning.Carried > 0 ? $"{Amount.Exact(pruning.Carried)} of them had zero filters; their constant outputs were folded into the biases of the following layers" : null,
                .. pruning.Refusals.Select(refusal => ReportPart.Warning($"{refusal.Node}: {refusal.Reason}; its constant output was discarded")),
                !pruning.RemovedAnything && pruning.Amount > 0
                    ? $"nothing was removed: --round-to {request.RoundTo} and --min-width {request.MinimumWidth} keep every group at its width; a smaller --round-to allows removing channels"
                    : null,
            ]);
    }

    private static PruneReport OfBlocks(PruningResult pruning)
    {
        ReportTable ranking = ReportTable.Of(pruning.Ranking)
            .Text("block", "block", row => row.Unit.Scope)
            .Measure("score", "score", row => row.Score, score => score.ToString("G4", CultureInfo.InvariantCulture))
            .Text("", row => pruning.RemovedBlocks.Contains(row.Unit.Scope) ? "removed" : "");
        return new PruneReport(
            new() { { "removed", ReportValue.List(pruning.RemovedBlocks) }, { "ranking", ranking } },
            pruning.Ranking.IsEmpty ? [$"removed {string.Join(", ", pruning.RemovedBlocks)}", ""] : [ranking]);
    }
}
