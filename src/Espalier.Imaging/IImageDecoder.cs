namespace Espalier.Imaging;

/// <summary>Reads image formats that <see cref="ImageDecoder"/> does not read itself; <see cref="ImageDecoder.Register"/> adds it.</summary>
/// <remarks>Implementations must be safe to use from several threads.</remarks>
public interface IImageDecoder
{
    /// <summary>The extensions of its files, in lower case and with the dot, such as <c>.webp</c>: files of a folder with these extensions count as images.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Whether a file is of one of its formats.</summary>
    /// <param name="start">The first 16 bytes of the file, or all where there are fewer.</param>
    bool Recognizes(ReadOnlySpan<byte> start);

    /// <summary>Decodes a file; a size above the limits of the options is refused before memory of that size is allocated.</summary>
    /// <param name="bytes">All of the file.</param>
    /// <param name="source">The name that error messages use for the bytes.</param>
    /// <param name="options">Decoding options.</param>
    /// <exception cref="Tensors.MalformedInputException">The file is damaged, not supported, or larger than the limits allow. No other exception leaves the method.</exception>
    Image Decode(ReadOnlyMemory<byte> bytes, string source, ImageDecodingOptions options);
}
