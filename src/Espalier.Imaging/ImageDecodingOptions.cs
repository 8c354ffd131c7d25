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

    /// <summary>The limits on what a file may require; <see cref="Limits.ImagePixels"/>, <see cref="Limits.ImageScans"/>, <see cref="Limits.ImageFileBytes"/> and <see cref="Limits.FileBytes"/> apply here.</summary>
    public Limits Limits { get; init; } = Limits.Default;
}
