namespace Espalier.Imaging.Tests;

/// <summary>A gray progressive JPEG, all of one level, whose scans of AC coefficients say "nothing" for all blocks in a few bytes.</summary>
internal static class ScanBomb
{
    private const int LongestRun = 32767; // blocks that one end-of-band code can stand for (T.81, G.1.2.2)

    public static byte[] Create(int side, int acScans)
    {
        int blocks = side / 8 * (side / 8);
        var file = new List<byte> { 0xFF, 0xD8 };
        Add(file, 0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Add(file, 0xC2, [8, (byte)(side >> 8), (byte)side, (byte)(side >> 8), (byte)side, 1, 1, 0x11, 0]);
        Add(file, 0xC4, [0x00, 1, .. new byte[15], 0x00]); // one DC code: no difference
        Add(file, 0xC4, [0x10, 1, .. new byte[15], 0xE0]); // one AC code: a run of 2¹⁴ and more
        Add(file, 0xDA, [1, 1, 0, 0, 0, 0]);
        file.AddRange(new byte[(blocks + 7) / 8]);
        byte[] runs = Runs(blocks);
        for (int scan = 0; scan < acScans; scan++)
        {
            // Every band once with 13 bits missing, then again and again with one fewer.
            byte band = (byte)(1 + (scan % 63)), missing = (byte)(13 - (scan / 63));
            Add(file, 0xDA, [1, 1, 0, band, band, (byte)(scan < 63 ? missing : ((missing + 1) << 4) | missing)]);
            file.AddRange(runs);
        }

        return [.. file, 0xFF, 0xD9];
    }

    /// <summary>Codes of 15 bits: a 0, which is the only code, and 14 ones, for the longest run.</summary>
    private static byte[] Runs(int blocks)
    {
        string bits = string.Concat(Enumerable.Repeat("0" + new string('1', 14), ((blocks + LongestRun - 1) / LongestRun) + 1));
        var bytes = new List<byte>();
        for (int i = 0; i + 8 <= bits.Length; i += 8)
        {
            byte value = Convert.ToByte(bits[i..(i + 8)], 2);
            bytes.AddRange(value == 0xFF ? [value, 0] : [value]);
        }

        return [.. bytes];
    }

    private static void Add(List<byte> file, byte marker, byte[] body) =>
        file.AddRange([0xFF, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body]);
}
