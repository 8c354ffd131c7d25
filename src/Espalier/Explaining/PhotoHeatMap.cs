using System.Text.Json;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A grid of values that covers the network's input, drawn over the photo.</summary>
/// <remarks>
/// A value is drawn where its cell lies in the photo, with bilinear interpolation between the centres of cells (PyTorch's <c>interpolate</c> with <c>align_corners=False</c>), in the colours of viridis: dark blue for
/// <see cref="Low"/> and less, yellow for <see cref="High"/>. What the network has not seen is dimmed.
/// </remarks>
public abstract class PhotoHeatMap : PhotoExplanation
{
    private readonly float[] _values;

    /// <exception cref="EspalierException">A value is not finite.</exception>
    private protected PhotoHeatMap(ExplainedPhoto photo, string kind, string node, Size size, float[] values)
        : base(photo, kind, node)
    {
        int at = NonFinite.IndexOf(values);
        if (at >= 0)
        {
            throw new EspalierException(FormattableString.Invariant($"the {kind} map of {photo.Name} has the value {values[at]} in row {at / size.Width}, column {at % size.Width}: a layer of the network has a parameter or an output that is not finite"));
        }

        (Size, _values) = (size, values);
    }

    /// <summary>Rows and columns of the grid.</summary>
    public Size Size { get; }

    /// <summary>The values, row by row.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>The value with the darkest colour.</summary>
    public virtual float Low => 0;

    /// <summary>The value with the brightest colour: the greatest.</summary>
    public float High => _values.Max();

    /// <summary>The row and column of the greatest value; of several the first.</summary>
    public (int Row, int Column) Peak => Math.DivRem(Array.IndexOf(_values, High), Size.Width);

    /// <summary>The photo's point at the centre of the cell with the greatest value.</summary>
    public (double X, double Y) PeakInPhoto
    {
        get
        {
            ((int row, int column), InputPlacement placement) = (Peak, Photo.Placement);
            return (((((column + 0.5) * placement.Input.Width / Size.Width) + placement.Left) * placement.ScaleX), ((((row + 0.5) * placement.Input.Height / Size.Height) + placement.Top) * placement.ScaleY));
        }
    }

    /// <summary>The value at a point of the photo, interpolated; <see langword="null"/> where the network has not seen the photo.</summary>
    /// <param name="x">Columns from the left edge; the centre of pixel i is i + 0.5.</param>
    /// <param name="y">Rows from the upper edge.</param>
    public double? At(double x, double y)
    {
        Size input = Photo.Placement.Input;
        (double across, double down) = Photo.Placement.ToInput(x, y);
        return across < 0 || down < 0 || across >= input.Width || down >= input.Height
            ? null
            : BilinearGrid.At(_values, Size, (down * Size.Height / input.Height) - 0.5, (across * Size.Width / input.Width) - 0.5);
    }

    /// <inheritdoc/>
    public override Image Draw(int side = UsualSide)
    {
        var picture = new PhotoPicture(Photo, side);
        DrawOn(picture);
        return picture.ToImage();
    }

    /// <summary>Draws the map, and what else the picture has.</summary>
    private protected virtual void DrawOn(PhotoPicture picture)
    {
        (double low, double range) = (Low, High - Low);
        picture.Colour((x, y) => At(x, y) is double value ? range > 0 ? (value - low) / range : 0 : null);
    }

    /// <inheritdoc/>
    private protected override void WriteFields(Utf8JsonWriter json)
    {
        WriteFacts(json);
        (int row, int column) = Peak;
        json.WriteStartObject("peak");
        json.WriteNumber("row", row);
        json.WriteNumber("column", column);
        json.WriteNumber("value", High);
        json.WriteNumber("x", PeakInPhoto.X);
        json.WriteNumber("y", PeakInPhoto.Y);
        json.WriteEndObject();
        ExplanationJson.Write(json, "map", _values, Size.Width);
    }

    /// <summary>Writes the fields before the map.</summary>
    private protected abstract void WriteFacts(Utf8JsonWriter json);
}
