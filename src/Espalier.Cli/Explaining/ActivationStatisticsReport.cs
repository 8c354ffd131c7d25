using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The values of a network on images as tables and as JSON.</summary>
internal sealed class ActivationStatisticsReport(NetworkActivations activations)
{
    /// <summary>A row for each activation and each residual block.</summary>
    internal IEnumerable<ReportPart> Text =>
    [
        $"values of {activations.Nodes.Length} nodes on {Amount.Exact(activations.Images)} {(activations.Images == 1 ? "image" : "images")}; dead channels are never above 0 there",
        "",
        activations.Nodes.Any(node => node.DeadChannels is not null) ? Activations : null,
        activations.Blocks.Length > 0 ? "what each residual block adds to its shortcut: ‖F(x)‖ / ‖x‖ for each image" : null,
        activations.Blocks.Length > 0 ? Blocks : null,
    ];

    /// <summary>All figures.</summary>
    internal ReportObject Data => new()
    {
        { "images", activations.Images },
        { "unreadable", activations.Unreadable.Count },
        { "nodes", ReportValue.List(activations.Nodes.Select(node => (ReportValue)Node(node))) },
        { "blocks", Blocks },
    };

    private ReportTable Activations => ReportTable.Of(activations.Nodes.Where(node => node.DeadChannels is not null))
        .Text("activation", node => node.Name)
        .Text("kind", node => node.Kind)
        .Number("mean", node => Short(node.Mean))
        .Number("greatest", node => Short(node.Greatest))
        .Number("zeros", node => Amount.Percent(node.ZeroShare))
        .Number("dead", node => Amount.Exact(node.DeadChannels!.Value.Length))
        .Number("channels", node => Amount.Exact(node.Shape[0]));

    private ReportTable Blocks => ReportTable.Of(activations.Blocks)
        .Text("block", "block", block => block.Name)
        .Text("shortcut", "shortcut", block => block.Shortcut switch
        {
            ShortcutKind.Identity => "identity",
            ShortcutKind.Projection => "projection",
            _ => "padded identity",
        })
        .Measure("mean", "ratio", block => Known(block.Ratio), Ratio)
        .Measure("least", "least", block => Known(block.Least), Ratio)
        .Measure("greatest", "greatest", block => Known(block.Greatest), Ratio)
        .Field("images", block => block.Images)
        .Field("branch_norm", block => block.BranchNorm)
        .Field("shortcut_norm", block => block.ShortcutNorm);

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static string Ratio(double value) => Amount.Fixed(value, 3);

    private static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    private static ReportObject Node(NodeActivations node) => new()
    {
        { "node", node.Name },
        { "kind", node.Kind },
        { "shape", node.Shape.ToString() },
        { "count", node.Count },
        { "mean", node.Mean },
        { "deviation", node.Deviation },
        { "least", node.Least },
        { "greatest", node.Greatest },
        { "zeros", node.Zeros },
        { "dead_channels", node.DeadChannels is { } dead ? ReportValue.List(dead) : default },
        { "histogram", WeightStatisticsReport.Histogram(node.Histogram) },
    };
}
