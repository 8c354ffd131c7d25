namespace Espalier.Imaging.Tests;

/// <summary>Takes JPEG files apart and puts them together differently.</summary>
internal static class JpegFile
{
    public const byte Frame = 0xC0, Progressive = 0xC2, Scan = 0xDA, Quantization = 0xDB, Huffman = 0xC4, App0 = 0xE0, Adobe = 0xEE, Restart = 0xDD;

    /// <summary>Where the segment begins: at its marker's 0xFF.</summary>
    public static int Find(byte[] file, byte marker, int occurrence = 0)
    {
        int at = 2;
        while (true)
        {
            if (file[at + 1] == marker && occurrence-- == 0)
            {
                return at;
            }

            Assert.NotEqual(0xD9, file[at + 1]);
            at = End(file, at);
        }
    }

    /// <summary>Where the segment that begins at <paramref name="at"/> ends, with the data of a scan.</summary>
    public static int End(byte[] file, int at)
    {
        bool isScan = file[at + 1] == Scan;
        at += 2 + Length(file, at);
        while (isScan && (file[at] != 0xFF || file[at + 1] is 0 or (>= 0xD0 and <= 0xD7)))
        {
            at++;
        }

        return at;
    }

    public static byte[] Without(byte[] file, byte marker, int occurrence = 0)
    {
        int at = Find(file, marker, occurrence);
        return [.. file[..at], .. file[End(file, at)..]];
    }

    /// <summary>The file with one byte of a segment changed; the first after the length is number 0.</summary>
    public static byte[] With(byte[] file, byte marker, int index, byte value, int occurrence = 0)
    {
        byte[] changed = [.. file];
        changed[Find(file, marker, occurrence) + 4 + index] = value;
        return changed;
    }

    /// <summary>The file with bytes put before a segment.</summary>
    public static byte[] Insert(byte[] file, byte[] bytes, byte before, int occurrence = 0)
    {
        int at = Find(file, before, occurrence);
        return [.. file[..at], .. bytes, .. file[at..]];
    }

    /// <summary>The segment's bytes, marker and scan data included.</summary>
    public static byte[] Segment(byte[] file, byte marker, int occurrence = 0)
    {
        int at = Find(file, marker, occurrence);
        return file[at..End(file, at)];
    }

    private static int Length(byte[] file, int at) => (file[at + 2] << 8) | file[at + 3];
}
