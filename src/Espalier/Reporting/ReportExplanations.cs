using System.Globalization;
using System.Text;
using Espalier.Imaging;
using Espalier.Training;

namespace Espalier;

/// <summary>Makes explanations of photos and of networks parts of a report (<see cref="ModelReportOptions.Explanations"/>).</summary>
public static class ReportExplanations
{
    private const int Side = 480; // of a picture in pixels; a page shows it about as large

    /// <summary>The picture of an explanation with its most important numbers.</summary>
    /// <param name="explanation">What a <see cref="PhotoExplainer"/> found.</param>
    /// <param name="network">The name of the network, where a report has two; <see langword="null"/> for none.</param>
    public static ReportExplanation ForReport(this PhotoExplanation explanation, string? network = null)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        string photo = network is null ? explanation.Photo.Name : $"{explanation.Photo.Name}, {network}", at = explanation.Node.Length > 0 ? $" at {explanation.Node}" : "";
        ReportExplanation part = explanation switch
        {
            ClassActivationMap map => new($"{photo}: {map.Prediction.Label}")
            {
                Caption = $"Where the photo shows what makes the network see this class ({map.Kind}{at}).",
                Numbers = [new("probability", map.Prediction.Probability)],
            },
            OcclusionMap map => new($"{photo}: {map.Prediction.Label}, occlusion")
            {
                Caption = Text($"How much the probability of the class falls while a square of {map.Patch} pixels covers each part."),
                Numbers = [new("probability", map.Prediction.Probability), new("greatest fall", map.High)],
            },
            PhotoReceptiveField field => new($"{photo}: receptive field of {explanation.Node}")
            {
                Caption = "The part of the photo on which one unit depends (frame), and how much (by gradient).",
                Numbers = [new("side", field.Side), new("effective side", field.EffectiveSide)],
            },
            FeatureMaps maps => new($"{photo}: feature maps of {explanation.Node}") { Caption = Text($"{maps.Channels} channels of {maps.Size}, each from its least to its greatest value.") },
            _ => new($"{photo}: {explanation.Kind}{at}"),
        };
        return part with { Picture = PngEncoder.Encode(explanation.Draw(Side)) };
    }

    /// <summary>What each residual block adds to its shortcut, as a chart.</summary>
    /// <param name="activations">The values of a network with residual blocks.</param>
    /// <param name="network">The network's name.</param>
    /// <exception cref="ArgumentException">The network has no residual block.</exception>
    public static ReportExplanation ForReport(this NetworkActivations activations, string network)
    {
        ArgumentNullException.ThrowIfNull(activations);
        if (activations.Blocks.IsEmpty)
        {
            throw new ArgumentException("The network has no residual block, so there is nothing to draw.", nameof(activations));
        }

        return new ReportExplanation($"{network}: what each residual block adds to its shortcut")
        {
            Caption = "The norm of a block's branch divided by that of its shortcut: blocks that add little can be removed most easily.",
            Picture = Encoding.UTF8.GetBytes(RowChartDrawing.Draw(StatisticsCharts.Blocks(activations, network))),
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
