using Espalier.Imaging;

namespace Espalier.ImageSharp;

/// <summary>WebP, BMP, GIF (its first frame) and TIFF (its first page), decoded by SixLabors.ImageSharp.</summary>
/// <remarks>
/// Not for servers that decode files from strangers: the 2.1 line of ImageSharp, the last under the Apache licence, has known flaws with crafted images, which may take much time and memory.
/// Nothing registers this by default but the command line, whose files are its user's own.
/// </remarks>
public static class OtherImageFormats
{
    private static readonly ImageSharpDecoder Decoder = new();

    /// <summary>Makes <see cref="ImageDecoder"/> read these formats, in the whole process; files with their extensions in folders of images then count. Repeated calls have no effect.</summary>
    public static void Register() => ImageDecoder.Register(Decoder);
}
