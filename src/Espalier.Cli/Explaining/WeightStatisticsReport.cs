namespace Espalier.Cli;

/// <summary>The weights of a network as a table and as JSON.</summary>
internal sealed class WeightStatisticsReport(NetworkWeights weights)
{
    /// <summary>The table, and what is worth saying beside it.</summary>
    internal IEnumerable<ReportPart> Text =>
    [
        Table,
        $"{Amount.Exact(weights.Count)} weights, {Amount.Exact(weights.Zeros)} of them zero ({Amount.Percent(weights.Sparsity)})",
        weights.Removed.Length > 0 ? $"removed since then: {string.Join(", ", weights.Removed)}" : null,
        Unpaired is { Length: > 0 } layers ? ReportPart.Note($"which channels are left is not known for {layers.Length} layers; the first: {layers[0].Name}: {layers[0].Before!.Unpaired}") : default,
    ];

    /// <summary>All figures.</summary>
    internal ReportObject Data => new()
    {
        { "count", weights.Count },
        { "zeros", weights.Zeros },
        { "removed", ReportValue.List(weights.Removed) },
        { "layers", ReportValue.List(weights.Layers.Select(layer => (ReportValue)Layer(layer))) },
    };

    /// <summary>A list of numbers.</summary>
    internal static ReportValue Numbers(IEnumerable<double> values) => ReportValue.List(values.Select(value => (ReportValue)value));

    /// <summary>A histogram as JSON.</summary>
    internal static ReportObject Histogram(Histogram histogram) => new()
    {
        { "start", histogram.Start },
        { "width", histogram.Width },
        { "counts", ReportValue.List(histogram.Counts.Select(count => (ReportValue)count)) },
    };

    private LayerWeights[] Unpaired => [.. weights.Layers.Where(layer => layer.Before?.Unpaired is not null)];

    /// <summary>A row for each layer, for a file.</summary>
    internal ReportTable Rows => ReportTable.Of(weights.Layers)
        .Field("layer", layer => layer.Name)
        .Field("kind", layer => layer.Kind)
        .Field("shape", layer => layer.Shape.ToString())
        .Field("bits", layer => layer.Bits)
        .Field("weights", layer => layer.Count)
        .Field("zeros", layer => layer.Zeros)
        .Field("zeros_in_1x4", layer => layer.ZerosInBlocks)
        .Field("mean", layer => layer.Mean)
        .Field("deviation", layer => layer.Deviation)
        .Field("least_norm", layer => layer.ChannelNorms.Min())
        .Field("greatest_norm", layer => layer.ChannelNorms.Max())
        .Field("channels", layer => layer.ChannelNorms.Length)
        .Field("channels_before", layer => layer.Before?.ChannelNorms.Length);

    private ReportTable Table => ReportTable.Of(weights.Layers)
        .Text("layer", layer => layer.Name)
        .Number("weights", layer => Amount.Short(layer.Count))
        .Number("zeros", layer => Amount.Percent(layer.Sparsity))
        .Measure("in 1x4", "in_1x4", layer => layer.ZerosInBlocks is long zeros && weights.Layers.Any(each => each.ZerosInBlocks > 0) ? (double)zeros / layer.Count : null, Amount.Percent, isOptional: true)
        .Text("norms", layer => $"{Short(layer.ChannelNorms.Min())}…{Short(layer.ChannelNorms.Max())}")
        .Number("channels", layer => layer.Before is LayerBefore before ? $"{layer.ChannelNorms.Length} of {before.ChannelNorms.Length}" : $"{layer.ChannelNorms.Length}");

    private static string Short(double value) => value.ToString("G2", CultureInfo.InvariantCulture);

    private static ReportObject Layer(LayerWeights layer) => new()
    {
        { "layer", layer.Name },
        { "parameter", layer.Parameter },
        { "kind", layer.Kind },
        { "shape", layer.Shape.ToString() },
        { "bits", layer.Bits },
        { "count", layer.Count },
        { "masked", layer.Masked },
        { "zeros", layer.Zeros },
        { "zeros_in_1x4", layer.ZerosInBlocks },
        { "mean", layer.Mean },
        { "deviation", layer.Deviation },
        { "least", layer.Least },
        { "greatest", layer.Greatest },
        { "histogram", Histogram(layer.Histogram) },
        { "channel_norms", Numbers(layer.ChannelNorms) },
        { "before", layer.Before is LayerBefore before ? Before(before) : default(ReportValue) },
    };

    private static ReportObject Before(LayerBefore before) => new()
    {
        { "channel_norms", Numbers(before.ChannelNorms) },
        { "kept", before.Kept is { } kept ? ReportValue.List(kept) : default },
        { "unpaired", ReportValue.IfKnown(before.Unpaired) },
    };
}
