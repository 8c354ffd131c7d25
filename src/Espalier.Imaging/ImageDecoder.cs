using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>Reads JPEG and PNG files, and formats whose decoders were registered; the format is recognized by the content, not by the file's name.</summary>
/// <remarks>
/// Every method throws <see cref="MalformedInputException"/>, and nothing else, for a file that is damaged, truncated, of an unsupported kind
/// (arithmetic-coded, lossless, hierarchical and 12-bit JPEG) or larger than <see cref="ImageDecodingOptions.Limits"/> allows.
/// Pixels equal those of Pillow over libjpeg-turbo: gray is repeated three times, CMYK and YCCK are converted as Pillow does, alpha is
/// dropped, and 16-bit samples are reduced to their high byte. Faults after the last pixel, which Pillow tolerates too, are <see cref="Image.Warnings"/>:
/// a PNG file without IEND, with surplus rows, or with a wrong checksum in a later chunk.
/// </remarks>
public static class ImageDecoder
{
    private static readonly string[] OwnExtensions = [".jpg", ".jpeg", ".jpe", ".jfif", ".png"];

    private static ImmutableArray<IImageDecoder> s_others = [];

    /// <summary>The extensions of files that count as images, in lower case and with the dot: those of JPEG and PNG, then those of the registered decoders.</summary>
    public static IReadOnlyList<string> Extensions => [.. OwnExtensions.Concat(s_others.SelectMany(decoder => decoder.Extensions)).Distinct(StringComparer.Ordinal)];

    /// <summary>Adds a decoder of other formats for the whole process. JPEG and PNG files are never given to it. Registering a decoder again has no effect.</summary>
    /// <remarks>Whatever decodes untrusted files belongs to what an attacker can reach: a server registers only decoders that are made for that.</remarks>
    public static void Register(IImageDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ImmutableInterlocked.Update(ref s_others, (others, added) => others.Contains(added) ? others : others.Add(added), decoder);
    }

    /// <summary>Decodes an image file.</summary>
    /// <exception cref="MalformedInputException">The file is not an image that can be read; see the type's remarks.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static Image Decode(string path, ImageDecodingOptions? options = null)
    {
        using FileStream stream = File.OpenRead(path);
        return Decode(stream, path, options);
    }

    /// <summary>Decodes an image from a stream, from its current position to its end.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="source">The name that error messages use for the stream.</param>
    /// <param name="options">Decoding options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">The stream is not an image that can be read; see the type's remarks.</exception>
    public static Image Decode(Stream stream, string source = "image", ImageDecodingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Limits limits = (options ?? ImageDecodingOptions.Default).Limits;
        return Decode(StreamContent.Read(stream, source, limits, start => RequireImage(new EncodedImage(start, source, limits))), source, options);
    }

    /// <summary>Decodes an image from the bytes of a file.</summary>
    /// <param name="bytes">All of the file.</param>
    /// <param name="source">The name that error messages use for the bytes.</param>
    /// <param name="options">Decoding options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="MalformedInputException">The bytes are not an image that can be read; see the type's remarks.</exception>
    public static Image Decode(ReadOnlyMemory<byte> bytes, string source = "image", ImageDecodingOptions? options = null)
    {
        ImageDecodingOptions how = options ?? ImageDecodingOptions.Default;
        var input = new EncodedImage(bytes, source, how.Limits);
        if (bytes.Span.StartsWith(PngDecoder.Signature))
        {
            return PngDecoder.Decode(input, how.ApplyOrientation);
        }

        if (bytes.Span.StartsWith(JpegDecoder.Signature))
        {
            return JpegDecoder.Decode(input, how);
        }

        RequireImage(input);
        return Other(input)!.Decode(bytes, source, how);
    }

    /// <summary>Whether a file is of a format that can be decoded in this process.</summary>
    /// <param name="start">The first 16 bytes of the file, or all where there are fewer.</param>
    internal static bool Recognizes(ReadOnlySpan<byte> start)
    {
        foreach (IImageDecoder decoder in s_others)
        {
            if (decoder.Recognizes(start))
            {
                return true;
            }
        }

        return start.StartsWith(PngDecoder.Signature) || start.StartsWith(JpegDecoder.Signature);
    }

    private static void RequireImage(EncodedImage input)
    {
        if (!input.Bytes.StartsWith(PngDecoder.Signature) && !input.Bytes.StartsWith(JpegDecoder.Signature) && Other(input) is null)
        {
            input.Fail(0, $"this is neither a JPEG nor a PNG file: {FileContent.Describe(Start(input))}");
        }
    }

    private static IImageDecoder? Other(EncodedImage input)
    {
        foreach (IImageDecoder decoder in s_others)
        {
            if (decoder.Recognizes(Start(input)))
            {
                return decoder;
            }
        }

        return null;
    }

    private static ReadOnlySpan<byte> Start(EncodedImage input) => input.Bytes[..Math.Min(input.Length, StreamContent.SignatureLength)];
}
