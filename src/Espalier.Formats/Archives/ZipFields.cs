namespace Espalier.Formats;

/// <summary>Constants of the zip format (PKWARE APPNOTE.TXT 6.3.10, sections 4.3 and 4.4).</summary>
internal static class ZipFields
{
    public const uint LocalHeader = 0x04034B50;
    public const uint CentralHeader = 0x02014B50;
    public const uint EndOfDirectory = 0x06054B50;
    public const uint Zip64EndOfDirectory = 0x06064B50;
    public const uint Zip64Locator = 0x07064B50;

    public const int LocalHeaderLength = 30;
    public const int CentralHeaderLength = 46;
    public const int EndOfDirectoryLength = 22;
    public const int Zip64EndOfDirectoryLength = 56;
    public const int Zip64LocatorLength = 20;
    public const int LongestComment = ushort.MaxValue;

    public const ushort Stored = 0;
    public const ushort Deflated = 8;

    public const ushort EncryptedFlag = 1 << 0;
    public const ushort DescriptorFlag = 1 << 3;
    public const ushort Utf8Flag = 1 << 11;

    // Bits 1 and 2 give deflate's compression level; every other bit requires a feature that is not supported here.
    public const ushort KnownFlags = (1 << 1) | (1 << 2) | DescriptorFlag | Utf8Flag;

    public const ushort Zip64Extra = 0x0001;

    /// <summary>PyTorch's own extra field: padding that moves the data to a multiple of 64 bytes.</summary>
    public const ushort PaddingExtra = 0x4246;

    public const ushort VersionStored = 20;
    public const ushort VersionZip64 = 45;
}
