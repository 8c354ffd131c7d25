using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>How <see cref="ImageDecoder"/> reads.</summary>
public readonly record struct ImageDecodingOptions()
{
    /// <summary>The defaults.</summary>
    public static ImageDecodingOptions Default => new();

    /// <summary>
    /// Whether the picture is turned the way its EXIF data says that it is to be looked at. Off gives the pixels as stored,
    /// which is what Pillow's <c>Image.open</c> (and so torchvision's <c>ImageFolder</c>) gives.
    /// </summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>What a file may ask for; <see cref="Limits.ImagePixels"/>, <see cref="Limits.ImageScans"/> and <see cref="Limits.FileBytes"/> matter here.</summary>
    public Limits Limits { get; init; } = Limits.Default;
}
