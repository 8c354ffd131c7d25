using System.Text.Json;
using Espalier.Graphs;

namespace Espalier;

/// <summary>The zeros of each layer's weights in a report, counted as <see cref="ModelStatistics.MeasureWeights"/> counts them, but of any model: weights that are not finite are no zeros.</summary>
internal static class WeightZeros
{
    /// <summary>Writes the zeros of a node's weights; nothing for nodes without.</summary>
    /// <param name="json">The node's object.</param>
    /// <param name="model">The model.</param>
    /// <param name="node">A node of it.</param>
    internal static void Write(Utf8JsonWriter json, Model model, Node node)
    {
        if (!WeightMeasurement.HasWeights(node))
        {
            return;
        }

        LayerZeros zeros = WeightMeasurement.ZerosOf(model, node);
        json.WriteStartObject("weights");
        json.WriteNumber("count", zeros.Count);
        json.WriteNumber("masked", zeros.Masked);
        json.WriteNumber("zeros", zeros.Zeros);
        json.Count("zeros_in_blocks", zeros.ZerosInBlocks);
        json.WriteEndObject();
    }
}
