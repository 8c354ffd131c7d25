using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>The bytes of an image file. Reading past the end, or a size above the limits, throws an error that names the file and the byte offset.</summary>
internal sealed class EncodedImage(ReadOnlyMemory<byte> bytes, string source, Limits limits)
{
    public ReadOnlySpan<byte> Bytes => bytes.Span;

    public int Length => bytes.Length;

    /// <summary>What was wrong with the file and did not matter for its pixels.</summary>
    public List<string> Warnings { get; } = [];

    public Limits Limits => limits;

    public byte Byte(int offset)
    {
        Require(offset, 1, "one more byte");
        return bytes.Span[offset];
    }

    public int UInt16(int offset)
    {
        Require(offset, 2, "two more bytes");
        return BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[offset..]);
    }

    public uint UInt32(int offset)
    {
        Require(offset, 4, "four more bytes");
        return BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[offset..]);
    }

    /// <summary>Throws unless at least <paramref name="count"/> bytes follow at <paramref name="offset"/>.</summary>
    public void Require(int offset, int count, string what)
    {
        if (offset > bytes.Length - count)
        {
            Fail(offset, $"the file ends after {bytes.Length} bytes where {what} should follow");
        }
    }

    /// <summary>Checks a header's size before anything of that size is allocated.</summary>
    public void RequireSize(long width, long height, int offset)
    {
        if (width == 0 || height == 0)
        {
            Fail(offset, $"the header says {width}x{height} pixels; width and height must be positive");
        }

        // Divided, not multiplied: the product of two sizes of a PNG header, up to 2³²−1 each, may overflow.
        if (height > Math.Min(limits.ImagePixels, Array.MaxLength / Image.Channels) / width)
        {
            Fail(offset, $"the header says {width}x{height} pixels, more than the limit of {limits.ImagePixels} (Limits.ImagePixels, or --max-pixels on the command line)");
        }
    }

    /// <summary>Records a fault that leaves the pixels as they are.</summary>
    public void Warn(long offset, string fault) => Warnings.Add($"{source}, byte {offset}: {fault}");

    [DoesNotReturn]
    public void Fail(long? offset, string reason) => MalformedInputException.Throw(source, offset, reason);
}
