using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Where the network's input lies in a photo: how the resizing and the centre crop of its preprocessing map coordinates. Continuous coordinates: pixel i reaches from i to i + 1.</summary>
/// <param name="Input">Height and width of the input.</param>
/// <param name="Left">Columns of the resized photo before the input's first; negative where the crop is wider than the resized photo and padded.</param>
/// <param name="Top">Rows of the resized photo before the input's first; negative where the crop is padded.</param>
/// <param name="ScaleX">Photo columns for each input column.</param>
/// <param name="ScaleY">Photo rows for each input row.</param>
public readonly record struct InputPlacement(Size Input, int Left, int Top, double ScaleX, double ScaleY)
{
    /// <summary>The rectangle of the photo that the input shows, which exceeds the photo where the crop is padded.</summary>
    public PhotoBox Whole => ToPhoto(new PixelBox(0, 0, Input.Height, Input.Width));

    /// <summary>A rectangle of input pixels in the photo's coordinates.</summary>
    public PhotoBox ToPhoto(PixelBox box) => new((box.Top + Top) * ScaleY, (box.Left + Left) * ScaleX, (box.Bottom + Top) * ScaleY, (box.Right + Left) * ScaleX);

    /// <summary>A point of the photo in the input's coordinates.</summary>
    public (double X, double Y) ToInput(double x, double y) => ((x / ScaleX) - Left, (y / ScaleY) - Top);

    /// <summary>The placement for a photo of the given size.</summary>
    /// <param name="preprocessing">The network's preprocessing.</param>
    /// <param name="input">The network's input shape: channels x height x width.</param>
    /// <param name="photo">The photo.</param>
    internal static InputPlacement Of(Preprocessing preprocessing, Shape input, Image photo)
    {
        (int width, int height) = preprocessing.Resize is int side ? photo.View.SizeFor(side)
            : preprocessing.Stretch is Size stretch ? (stretch.Width, stretch.Height)
            : (photo.Width, photo.Height);
        var size = new Size(input[1], input[2]);
        CropAxis across = CropAxis.Centre(width, size.Width), down = CropAxis.Centre(height, size.Height);
        return new InputPlacement(size, across.Start - across.Padding, down.Start - down.Padding, (double)photo.Width / width, (double)photo.Height / height);
    }
}

/// <summary>A rectangle in a photo's coordinates, in pixels; pixel i reaches from i to i + 1.</summary>
/// <param name="Top">The upper edge.</param>
/// <param name="Left">The left edge.</param>
/// <param name="Bottom">The lower edge.</param>
/// <param name="Right">The right edge.</param>
public readonly record struct PhotoBox(double Top, double Left, double Bottom, double Right);
