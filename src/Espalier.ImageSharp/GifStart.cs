using System.Buffers.Binary;

namespace Espalier.ImageSharp;

/// <summary>The blocks of a GIF file before the pixels of its first frame.</summary>
internal static class GifStart
{
    private const int HeaderLength = 13; // signature and screen descriptor
    private const int DescriptorLength = 10; // of an image
    private const byte Extension = 0x21, GraphicControl = 0xF9, ImageDescriptor = 0x2C;
    private const byte Transparency = 1; // the flag of a graphic control

    /// <summary>Clears the flag of a transparent colour for the first frame, whose transparent pixels then have the colour of their index, as in Pillow's <c>convert("RGB")</c>, and not black.</summary>
    /// <param name="file">All of the file.</param>
    /// <returns>Whether the first frame covers the whole image, or is not found.</returns>
    internal static bool DropTransparency(Span<byte> file)
    {
        if (file.Length < HeaderLength)
        {
            return true;
        }

        int at = HeaderLength + ColorTable(file[10]);
        while (at + DescriptorLength < file.Length && file[at] != ImageDescriptor)
        {
            if (file[at] != Extension)
            {
                return true; // the decoder says what is wrong
            }

            if (file[at + 1] == GraphicControl)
            {
                file[at + 3] &= unchecked((byte)~Transparency);
            }

            at += 2;
            while (at < file.Length && file[at] != 0)
            {
                at += file[at] + 1;
            }

            at++;
        }

        return at + DescriptorLength >= file.Length || Covers(file, file[at..]);
    }

    private static bool Covers(ReadOnlySpan<byte> file, ReadOnlySpan<byte> descriptor) =>
        descriptor.Slice(1, 4).IndexOfAnyExcept((byte)0) < 0
        && BinaryPrimitives.ReadUInt32LittleEndian(descriptor[5..]) == BinaryPrimitives.ReadUInt32LittleEndian(file[6..]); // width and height of both

    private static int ColorTable(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
}
