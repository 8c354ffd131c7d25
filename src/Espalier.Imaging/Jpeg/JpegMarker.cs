namespace Espalier.Imaging;

/// <summary>The second byte of each marker (ITU-T T.81, table B.1); the first is <see cref="Prefix"/>.</summary>
internal static class JpegMarker
{
    public const int Prefix = 0xFF;
    public const int Temporary = 0x01;
    public const int BaselineFrame = 0xC0;
    public const int ExtendedFrame = 0xC1;
    public const int ProgressiveFrame = 0xC2;
    public const int HuffmanTables = 0xC4;
    public const int FirstRestart = 0xD0;
    public const int LastRestart = 0xD7;
    public const int StartOfImage = 0xD8;
    public const int EndOfImage = 0xD9;
    public const int StartOfScan = 0xDA;
    public const int QuantizationTables = 0xDB;
    public const int NumberOfLines = 0xDC;
    public const int RestartInterval = 0xDD;
    public const int HierarchicalProgression = 0xDE;
    public const int Application0 = 0xE0;
    public const int Application1 = 0xE1;
    public const int Application14 = 0xEE;

    public static bool IsRestart(int marker) => marker is >= FirstRestart and <= LastRestart;

    /// <summary>The name of an unsupported kind of frame, or <see langword="null"/> for every other marker.</summary>
    public static string? RefusedFrame(int marker) => marker switch
    {
        0xC3 => "lossless",
        0xC5 or 0xC6 or 0xC7 or HierarchicalProgression => "hierarchical",
        0xC8 => "of a kind reserved for extensions",
        0xC9 or 0xCA => "arithmetic-coded",
        0xCB => "lossless and arithmetic-coded",
        0xCD or 0xCE or 0xCF => "hierarchical and arithmetic-coded",
        0xF7 => "JPEG-LS",
        _ => null,
    };
}
