using System.Collections.Immutable;
using System.Globalization;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Draws the statistics of weights and activations as SVG pictures, a row for each layer, node or block.</summary>
public static class StatisticsCharts
{
    private const int NormBins = 64;
    private const int Known = 0; // colours
    private const int Removed = 1;
    private const int Unpaired = 2;

    /// <summary>Draws the fraction of zeros of each layer.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="path">The file.</param>
    /// <param name="title">The network's name.</param>
    /// <exception cref="EspalierException">The file cannot be written.</exception>
    public static void WriteZerosSvg(this NetworkWeights weights, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Write(path, $"{title}: zeros among the weights", "fraction of zeros", weights.Layers.Select(layer => (layer.Name, layer.Sparsity, Text($"{layer.Sparsity:0.0%} of {layer.Count:N0}"))), 1);
    }

    /// <summary>Draws a histogram of each layer's weights. The heights are square roots of the counts, so that bins of few values are visible beside a bin of zeros.</summary>
    /// <inheritdoc cref="WriteZerosSvg(NetworkWeights, string, string)"/>
    public static void WriteHistogramsSvg(this NetworkWeights weights, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(weights);
        WriteHistograms(path, $"{title}: weights", weights.Layers.Select(layer => (layer.Name, layer.Histogram, layer.Deviation)));
    }

    /// <summary>
    /// Draws a histogram of the L2 norms of each layer's output channels in 64 bins from 0 to the layer's largest norm, with square roots of the counts as heights. Where there was a model before, a row of
    /// its norms, coloured by whether the channel is left, is above that of the norms now.
    /// </summary>
    /// <inheritdoc cref="WriteZerosSvg(NetworkWeights, string, string)"/>
    public static void WriteNormsSvg(this NetworkWeights weights, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(weights);
        bool hasBefore = weights.Layers.Any(layer => layer.Before is not null);
        RowChartDrawing.Write(path, new RowChart($"{title}: norms of the output channels", "L2 norm of a channel's weights, from 0 to the layer's largest", ValueList.From(weights.Layers.SelectMany(NormRows)))
        {
            Colors = hasBefore ? ["left", "removed", "not known which are left"] : [],
        });
    }

    /// <summary>Draws the fraction of zeros in the output of each node, with the number of dead channels.</summary>
    /// <inheritdoc cref="WriteHistogramsSvg(NetworkActivations, string, string)"/>
    public static void WriteZerosSvg(this NetworkActivations activations, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(activations);
        Write(path, $"{title}: zeros among the values on {activations.Images} images", "fraction of zeros", activations.Nodes.Select(node => (node.Name, node.ZeroShare, Text($"{node.ZeroShare:0.0%}{Dead(node)}"))), 1);
    }

    /// <summary>Draws a histogram of each node's values. The heights are square roots of the counts, so that bins of few values are visible beside a bin of zeros.</summary>
    /// <param name="activations">The activations.</param>
    /// <param name="path">The file.</param>
    /// <param name="title">The network's name.</param>
    /// <exception cref="EspalierException">The file cannot be written.</exception>
    public static void WriteHistogramsSvg(this NetworkActivations activations, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(activations);
        WriteHistograms(path, $"{title}: values on {activations.Images} images", activations.Nodes.Select(node => (node.Name, node.Histogram, node.Deviation)));
    }

    /// <summary>Draws what each residual block adds to its shortcut: ‖F(x)‖ / ‖x‖.</summary>
    /// <inheritdoc cref="WriteHistogramsSvg(NetworkActivations, string, string)"/>
    public static void WriteBlocksSvg(this NetworkActivations activations, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(activations);
        RowChartDrawing.Write(path, Blocks(activations, title));
    }

    /// <summary>The same as a chart.</summary>
    internal static RowChart Blocks(NetworkActivations activations, string title) => Rows(
        $"{title}: what each residual block adds, on {activations.Images} images",
        "‖F(x)‖ / ‖x‖",
        activations.Blocks.Select(block => (block.Name, block.Ratio, Text($"{block.Ratio:0.000}"))),
        activations.Blocks.Select(block => block.Ratio).Where(double.IsFinite).DefaultIfEmpty(1).Max());

    private static void Write(string path, string title, string horizontal, IEnumerable<(string Name, double Value, string Text)> rows, double greatest) =>
        RowChartDrawing.Write(path, Rows(title, horizontal, rows, greatest));

    private static RowChart Rows(string title, string horizontal, IEnumerable<(string Name, double Value, string Text)> rows, double greatest)
    {
        ChartAxis axis = ChartAxis.Over([0, greatest], fromZero: true, whole: false);
        return new RowChart(title, horizontal, ValueList.From(rows.Select(row => new BarRow(row.Name, double.IsFinite(row.Value) ? [new RowBar(0, axis.Place(row.Value), 0, 0.8)] : [], row.Text)))) { Axis = axis };
    }

    private static void WriteHistograms(string path, string title, IEnumerable<(string Name, Histogram Histogram, double Deviation)> rows) =>
        RowChartDrawing.Write(path, new RowChart(title, "from the least to the greatest value; heights are square roots of counts", ValueList.From(rows.Select(row =>
            new BarRow(row.Name, Bars(row.Histogram.Counts), Text($"{row.Histogram.Start:G4} to {row.Histogram.End:G4}, deviation {row.Deviation:G3}"))))));

    private static ValueList<RowBar> Bars(ImmutableArray<long> counts, int color = Known)
    {
        double most = Math.Sqrt(counts.Max());
        return ValueList.From(counts.Index().Where(bin => bin.Item > 0).Select(bin => new RowBar((double)bin.Index / counts.Length, (bin.Index + 1.0) / counts.Length, 0, Math.Sqrt(bin.Item) / most, color)));
    }

    private static IEnumerable<BarRow> NormRows(LayerWeights layer)
    {
        double greatest = Math.Max(layer.ChannelNorms.Max(), layer.Before?.ChannelNorms.Max() ?? 0);
        if (layer.Before is LayerBefore before)
        {
            HashSet<int> kept = [.. before.Kept ?? []];
            ImmutableArray<long> all = Count(before.ChannelNorms, greatest);
            ValueList<RowBar> bars = before.Kept is null ? Bars(all, Unpaired) : Stacked(all, Count(before.ChannelNorms.Where((_, channel) => kept.Contains(channel)), greatest));
            yield return new BarRow($"{layer.Name} before", bars, Text($"{before.ChannelNorms.Length} channels, to {before.ChannelNorms.Max():G3}"));
        }

        yield return new BarRow(layer.Before is null ? layer.Name : "now", Bars(Count(layer.ChannelNorms, greatest)), Text($"{layer.ChannelNorms.Length} channels, to {layer.ChannelNorms.Max():G3}"));
    }

    /// <summary>Bars of all channels, with those that are left in another colour below.</summary>
    private static ValueList<RowBar> Stacked(ImmutableArray<long> all, ImmutableArray<long> left) =>
        ValueList.From(Bars(all).SelectMany(bar =>
        {
            int bin = (int)Math.Round(bar.Left * all.Length);
            double share = bar.Top * left[bin] / all[bin];
            return new[] { bar with { Top = share }, bar with { Bottom = share, Color = Removed } };
        }));

    private static ImmutableArray<long> Count(IEnumerable<double> norms, double greatest)
    {
        long[] counts = new long[NormBins];
        foreach (double norm in norms)
        {
            counts[greatest > 0 ? Math.Min(NormBins - 1, (int)(NormBins * (norm / greatest))) : 0]++;
        }

        return [.. counts];
    }

    private static string Dead(NodeActivations node) => node.DeadChannels is { Length: > 0 } dead ? Text($", {dead.Length} of {node.Shape[0]} channels dead") : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
