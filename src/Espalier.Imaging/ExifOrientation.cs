using System.Buffers.Binary;

namespace Espalier.Imaging;

/// <summary>The orientation tag of EXIF data in a JPEG or PNG file, and the rotation or reflection that undoes it.</summary>
/// <remarks>EXIF 2.32, section 4.6.4 (tag 0x0112) over TIFF 6.0, section 2.</remarks>
internal static class ExifOrientation
{
    /// <summary>The orientation of an image that needs no rotation or reflection.</summary>
    public const int Upright = 1;

    private const int OrientationTag = 0x0112;
    private const int ShortType = 3; // TIFF's name for an unsigned 16-bit number
    private const int HeaderLength = 8;
    private const int EntryLength = 12;

    /// <summary>The orientation, 1 to 8, in a TIFF block; <see cref="Upright"/> where there is none or the block is malformed, because the pixels can be read without it.</summary>
    public static int Find(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < HeaderLength || !(tiff.StartsWith("II*\0"u8) || tiff.StartsWith("MM\0*"u8)))
        {
            return Upright;
        }

        bool bigEndian = tiff[0] == 'M';
        uint directory = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
        {
            return Upright;
        }

        int entries = UInt16(tiff, (int)directory, bigEndian);
        for (int i = 0, at = (int)directory + 2; i < entries && at <= tiff.Length - EntryLength; i++, at += EntryLength)
        {
            if (UInt16(tiff, at, bigEndian) == OrientationTag && UInt16(tiff, at + 2, bigEndian) == ShortType)
            {
                int value = UInt16(tiff, at + 8, bigEndian);
                return value is >= 1 and <= 8 ? value : Upright;
            }
        }

        return Upright;
    }

    /// <summary>A copy rotated and reflected so that it is upright.</summary>
    public static Image Apply(Image image, int orientation)
    {
        int width = image.Width, height = image.Height;
        int right = width - 1, bottom = height - 1;
        // For each: the source of the output's first pixel, and the step in the source for one pixel to the right and one row down.
        return orientation switch
        {
            2 => Copy(image, width, height, right, 0, -1, 0, 0, 1),
            3 => Copy(image, width, height, right, bottom, -1, 0, 0, -1),
            4 => Copy(image, width, height, 0, bottom, 1, 0, 0, -1),
            5 => Copy(image, height, width, 0, 0, 0, 1, 1, 0),
            6 => Copy(image, height, width, 0, bottom, 0, -1, 1, 0),
            7 => Copy(image, height, width, right, bottom, 0, -1, -1, 0),
            8 => Copy(image, height, width, right, 0, 0, 1, -1, 0),
            _ => image,
        };
    }

    private static Image Copy(Image image, int width, int height, int x, int y, int rightX, int rightY, int downX, int downY)
    {
        ReadOnlySpan<byte> source = image.Pixels.Span;
        byte[] pixels = new byte[source.Length];
        int right = ((rightY * image.Width) + rightX) * Image.Channels;
        int down = ((downY * image.Width) + downX) * Image.Channels;
        int rowStart = ((y * image.Width) + x) * Image.Channels;
        int to = 0;
        for (int row = 0; row < height; row++, rowStart += down)
        {
            int from = rowStart;
            for (int column = 0; column < width; column++, from += right, to += Image.Channels)
            {
                pixels[to] = source[from];
                pixels[to + 1] = source[from + 1];
                pixels[to + 2] = source[from + 2];
            }
        }

        return new Image(width, height, pixels) { Warnings = image.Warnings };
    }

    private static int UInt16(ReadOnlySpan<byte> bytes, int at, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
