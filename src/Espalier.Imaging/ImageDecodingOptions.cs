using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>Options of <see cref="ImageDecoder"/>.</summary>
public readonly record struct ImageDecodingOptions()
{
    /// <summary>The default options: EXIF orientation applied, <see cref="Limits.Default"/>.</summary>
    public static ImageDecodingOptions Default => new();

    /// <summary>
    /// Whether the image is rotated and reflected as its EXIF orientation says, so that it is upright. <see langword="false"/> gives the pixels as stored,
    /// which is what Pillow's <c>Image.open</c> (and so torchvision's <c>ImageFolder</c>) gives.
    /// </summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>
    /// The least width and height in pixels for decoding JPEG images at 1/2, 1/4 or 1/8 of their size: of these, the smallest that keeps both, as Pillow's <c>draft</c> chooses it and with its pixels.
    /// This takes a fraction of the time, and pixels are averaged as the transform of the format does it, so that the result of resizing is slightly different. <see langword="null"/>, the default, decodes at full size. Other formats are not affected.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public int? ReduceJpegTo
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(ReduceJpegTo), value, $"{nameof(ReduceJpegTo)}: expected at least 1 pixel.");
    }

    /// <summary>The limits on what a file may require; <see cref="Limits.ImagePixels"/>, <see cref="Limits.ImageScans"/>, <see cref="Limits.ImageFileBytes"/> and <see cref="Limits.FileBytes"/> apply here.</summary>
    public Limits Limits { get; init; } = Limits.Default;
}
