using System.Text;

namespace Espalier.Imaging;

/// <summary>Says what a file is by its first bytes, for errors about files that are not the expected images.</summary>
internal static class FileContent
{
    private const string Remedy = ", which OtherImageFormats.Register() of the package Espalier.ImageSharp makes readable";
    private const int Shown = 8; // bytes of a file that is none of the known ones

    /// <summary>A clause such as <c>it is a WebP image</c>, with the remedy where there is one.</summary>
    internal static string Describe(ReadOnlySpan<byte> start) =>
        start.IsEmpty ? "it is empty"
        : ImageFormatOf(start) is string format ? $"it is {format}"
        : NameOf(start) is string name ? $"it is {name}"
        : start.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 ? $"it is text that begins with \"{Encoding.ASCII.GetString(start[..Math.Min(start.Length, 2 * Shown)])}\""
        : $"it begins with the bytes {Convert.ToHexString(start[..Math.Min(start.Length, Shown)])}";

    /// <summary>The name of an image format that an optional package reads, or <see langword="null"/>.</summary>
    internal static string? OptionalFormatOf(ReadOnlySpan<byte> start) =>
        start.StartsWith("RIFF"u8) && At(start, 8, "WEBP"u8) ? "WebP"
        : start.StartsWith("BM"u8) ? "BMP"
        : start.StartsWith("GIF8"u8) ? "GIF"
        : start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8) ? "TIFF"
        : null;

    /// <summary>The image format, with an article and the remedy where there is one, or <see langword="null"/>.</summary>
    internal static string? ImageFormatOf(ReadOnlySpan<byte> start) =>
        OptionalFormatOf(start) is string optional ? $"a {optional} image{Remedy}"
        : At(start, 4, "ftypavif"u8) || At(start, 4, "ftypavis"u8) ? "an AVIF image"
        : At(start, 4, "ftyphei"u8) || At(start, 4, "ftypmif1"u8) ? "a HEIF image"
        : At(start, 4, "ftyp"u8) ? "a video (MP4 or QuickTime)"
        : At(start, 4, "jP  "u8) ? "a JPEG 2000 image"
        : (start.Length > 1 && start[0] == 0xFF && start[1] == 0x0A) || At(start, 4, "JXL "u8) ? "a JPEG XL image"
        : start.StartsWith("8BPS"u8) ? "a Photoshop document"
        : start.Length > 1 && start[0] == 'P' && start[1] is >= (byte)'1' and <= (byte)'6' ? "a PNM image (PBM, PGM or PPM)"
        : null;

    /// <summary>What is often found in place of an image.</summary>
    private static string? NameOf(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> text = start.TrimStart(" \r\n\t"u8);
        return start.StartsWith("version https://"u8) ? "a Git LFS pointer instead of the file: 'git lfs pull' fetches it"
            : StartsWithWord(text, "<!doctype"u8) || StartsWithWord(text, "<html"u8) ? "a web page (HTML), as a failed download leaves"
            : StartsWithWord(text, "<svg"u8) ? "an SVG drawing"
            : StartsWithWord(text, "<?xml"u8) ? "XML"
            : start.Length > 1 && start[0] == 0x1F && start[1] == 0x8B ? "compressed with gzip"
            : start.StartsWith("PK\u0003\u0004"u8) ? "a zip archive"
            : start.StartsWith("%PDF"u8) ? "a PDF document"
            : start[0] == 0x93 && At(start, 1, "NUMPY"u8) ? "a NumPy array"
            : text.StartsWith("{"u8) ? "JSON"
            : start.IndexOfAnyExcept((byte)0) < 0 ? "all zeros at its start, as an interrupted copy leaves"
            : null;
    }

    private static bool At(ReadOnlySpan<byte> bytes, int offset, ReadOnlySpan<byte> expected) => bytes.Length >= offset + expected.Length && bytes.Slice(offset, expected.Length).SequenceEqual(expected);

    private static bool StartsWithWord(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> word) => bytes.Length >= word.Length && Ascii.EqualsIgnoreCase(bytes[..word.Length], word);
}
