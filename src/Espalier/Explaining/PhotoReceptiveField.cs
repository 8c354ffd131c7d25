using System.Text.Json;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The part of a photo on which one unit of a node depends, and how much: the receptive field by arithmetic, drawn as a rectangle, and the effective one by gradient, drawn as a map.</summary>
/// <remarks>
/// The values are the absolute gradients of the unit by the input, summed over the input's channels; the unit is the sum over all channels of the node at its row and column (Luo 2016, "Understanding the Effective Receptive Field in Deep
/// Convolutional Neural Networks", §2). The effective receptive field has the pixels whose value is at least 4.55% (two standard deviations of a Gaussian leave as much) of the greatest (§4).
/// </remarks>
public sealed class PhotoReceptiveField : PhotoHeatMap
{
    /// <summary>The share of the greatest gradient from which on a pixel belongs to the effective receptive field: 1 − 0.9545.</summary>
    public const double Threshold = 0.0455;

    internal PhotoReceptiveField(ExplainedPhoto photo, ReceptiveRegion region, Size stride, float[] values)
        : base(photo, "receptive-field", region.Node, photo.Placement.Input, values)
    {
        (Region, Stride) = (region, stride);
        float least = (float)(Threshold * High);
        EffectivePixels = High > 0 ? values.Count(value => value >= least) : 0;
    }

    /// <summary>The unit, and the pixels of the input that it depends on.</summary>
    public ReceptiveRegion Region { get; }

    /// <summary>The distance in the input between neighbouring units, in pixels.</summary>
    public Size Stride { get; }

    /// <summary>Pixels of the effective receptive field; 0 where every gradient is 0.</summary>
    public int EffectivePixels { get; }

    /// <summary>The side of a square with as many pixels as the effective receptive field.</summary>
    public double EffectiveSide => Math.Sqrt(EffectivePixels);

    /// <summary>The side of a square with as many pixels as the receptive field inside the input.</summary>
    public double Side => Region.Inside is PixelBox inside ? Math.Sqrt((double)inside.Height * inside.Width) : 0;

    /// <summary><see cref="EffectiveSide"/> / <see cref="Side"/>; 0 for a unit that depends on nothing.</summary>
    public double Ratio => Side > 0 ? EffectiveSide / Side : 0;

    /// <summary>The rectangle of the photo on which the unit depends; <see langword="null"/> for a unit that depends on padding alone.</summary>
    public PhotoBox? InPhoto => Region.Inside is PixelBox inside ? Photo.Placement.ToPhoto(inside) : null;

    /// <inheritdoc/>
    private protected override void DrawOn(PhotoPicture picture)
    {
        base.DrawOn(picture);
        if (InPhoto is PhotoBox box)
        {
            picture.Outline(box);
        }
    }

    /// <inheritdoc/>
    private protected override void WriteFacts(Utf8JsonWriter json)
    {
        json.WriteNumber("row", Region.Row);
        json.WriteNumber("column", Region.Column);
        json.WriteStartObject("field");
        json.WriteNumber("height", Region.Field.Height);
        json.WriteNumber("width", Region.Field.Width);
        json.WriteNumber("stride_height", Stride.Height);
        json.WriteNumber("stride_width", Stride.Width);
        ExplanationJson.Write(json, "with_padding", Region.Field);
        if (Region.Inside is PixelBox inside)
        {
            ExplanationJson.Write(json, "in_input", inside);
            ExplanationJson.Write(json, "in_photo", InPhoto!.Value);
        }

        json.WriteEndObject();
        json.WriteStartObject("effective");
        json.WriteNumber("threshold", Threshold);
        json.WriteNumber("pixels", EffectivePixels);
        json.WriteNumber("side", EffectiveSide);
        json.WriteNumber("ratio", Ratio);
        json.WriteEndObject();
    }
}
