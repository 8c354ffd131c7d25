using System.Text.Json;
using Espalier.Imaging;

namespace Espalier.Serving;

/// <summary>Writes feature maps as a picture with its layout, and for each row and column of units the pixels of the input that they depend on.</summary>
internal static class FeatureMapsAnswer
{
    internal static void Write(Utf8JsonWriter json, Graph graph, FeatureMaps maps)
    {
        maps.WritePhoto(json);
        json.WriteNumber("channels", maps.Channels);
        json.WriteNumber("rows", maps.Size.Height);
        json.WriteNumber("columns", maps.Size.Width);
        json.WriteStartArray("ranges");
        for (int channel = 0; channel < maps.Channels; channel++)
        {
            (float least, float greatest) = FeatureMaps.RangeOf(maps[channel]);
            json.WriteStartArray();
            json.WriteNumberValue(least);
            json.WriteNumberValue(greatest);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        FeatureMapGrid grid = maps.Grid;
        json.WriteStartObject("grid");
        json.WriteNumber("columns", grid.Columns);
        json.WriteNumber("tile_height", grid.Height);
        json.WriteNumber("tile_width", grid.Width);
        json.WriteEndObject();
        WriteRegions(json, graph, maps);
        json.WriteBase64String("png", PngEncoder.Encode(maps.Draw()));
    }

    /// <summary>Writes the regions of units: first pixel and the one after the last, or null for a unit that depends on padding alone. A unit's region is the product of its row's and its column's.</summary>
    private static void WriteRegions(Utf8JsonWriter json, Graph graph, FeatureMaps maps)
    {
        Size size = maps.Size;
        json.WriteStartArray("row_regions");
        for (int row = 0; row < size.Height; row++)
        {
            PixelBox? box = ReceptiveRegion.Of(graph, maps.Node, row, size.Width / 2).Inside;
            Write(json, box?.Top, box?.Bottom);
        }

        json.WriteEndArray();
        json.WriteStartArray("column_regions");
        for (int column = 0; column < size.Width; column++)
        {
            PixelBox? box = ReceptiveRegion.Of(graph, maps.Node, size.Height / 2, column).Inside;
            Write(json, box?.Left, box?.Right);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, long? first, long? after)
    {
        if (first is null || after is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartArray();
        json.WriteNumberValue(first.Value);
        json.WriteNumberValue(after.Value);
        json.WriteEndArray();
    }
}
