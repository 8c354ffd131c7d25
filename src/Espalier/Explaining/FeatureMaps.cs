using System.Text.Json;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The output of a node for a photo, channel by channel.</summary>
public sealed class FeatureMaps : PhotoExplanation
{
    private readonly float[] _values;

    /// <exception cref="EspalierException">A value is not finite.</exception>
    internal FeatureMaps(ExplainedPhoto photo, string node, Shape shape, float[] values)
        : base(photo, "maps", node)
    {
        int at = NonFinite.IndexOf(values);
        if (at >= 0)
        {
            throw new EspalierException(FormattableString.Invariant($"the output of '{node}' for {photo.Name} is {values[at]} in channel {at / FeatureMap.Of(shape).Pixels}: a layer up to it has a parameter or an output that is not finite"));
        }

        (Size, Channels, _values) = (FeatureMap.Of(shape).Size, shape[0], values);
    }

    /// <summary>Number of channels; of elements for a vector.</summary>
    public int Channels { get; }

    /// <summary>Rows and columns of each map; 1x1 for a vector.</summary>
    public Size Size { get; }

    /// <summary>All values: channel by channel, row by row.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>The map of one channel, row by row.</summary>
    public ReadOnlySpan<float> this[int channel] => _values.AsSpan(channel * Size.Area, Size.Area);

    /// <summary>How <see cref="Draw"/> arranges the channels.</summary>
    internal FeatureMapGrid Grid => FeatureMapGrid.Of(Channels, Size);

    /// <summary>
    /// Draws all channels as a grid, from left to right, then from top to bottom, in the colours of viridis: dark blue for the least value of the channel, yellow for its greatest. A channel of equal values is dark blue.
    /// A map of less than 32 pixels is enlarged by a whole factor; of one of more than 256 pixels every second, third, … pixel is drawn.
    /// </summary>
    /// <param name="side">Ignored: the grid has the size that its channels require.</param>
    public override Image Draw(int side = UsualSide)
    {
        (int height, int width, int columns, int step, int zoom) = Grid;
        int rows = ((Channels - 1) / columns) + 1;
        int wide = (columns * (width + 1)) + 1, high = (rows * (height + 1)) + 1;
        byte[] pixels = new byte[checked(wide * high * Image.Channels)];
        for (int channel = 0; channel < Channels; channel++)
        {
            ReadOnlySpan<float> map = this[channel];
            (float least, float greatest) = RangeOf(map);
            (int row, int column) = Math.DivRem(channel, columns);
            for (int i = 0; i < height * width; i++)
            {
                (int y, int x) = Math.DivRem(i, width);
                double value = map[((y / zoom * step) * Size.Width) + (x / zoom * step)];
                int at = ((((row * (height + 1)) + 1 + y) * wide) + (column * (width + 1)) + 1 + x) * Image.Channels;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = Viridis.Of(greatest > least ? (value - least) / ((double)greatest - least) : 0);
            }
        }

        return new Image(wide, high, pixels);
    }

    /// <inheritdoc/>
    private protected override void WriteFields(Utf8JsonWriter json)
    {
        json.WriteNumber("channels", Channels);
        json.WriteNumber("rows", Size.Height);
        json.WriteNumber("columns", Size.Width);
        json.WriteStartArray("maps");
        for (int channel = 0; channel < Channels; channel++)
        {
            (float least, float greatest) = RangeOf(this[channel]);
            json.WriteStartObject();
            json.WriteNumber("channel", channel);
            json.WriteNumber("least", least);
            json.WriteNumber("greatest", greatest);
            ExplanationJson.Write(json, "values", this[channel], Size.Width);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static (float Least, float Greatest) RangeOf(ReadOnlySpan<float> map)
    {
        (float least, float greatest) = (map[0], map[0]);
        foreach (float value in map)
        {
            (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
        }

        return (least, greatest);
    }
}
