namespace Espalier.Formats;

/// <summary>One file of a zip archive; the central directory and the file's own header agree on all of this.</summary>
/// <param name="Name">The path in the archive.</param>
/// <param name="Start">Offset of the entry's own header in the archive.</param>
/// <param name="DataStart">Offset of the entry's data in the archive.</param>
/// <param name="PackedLength">Bytes of the data in the archive.</param>
/// <param name="Length">Bytes of the data after decompression.</param>
/// <param name="IsDeflated">Whether the data is compressed by deflate; otherwise it is stored uncompressed.</param>
internal sealed record ZipEntry(string Name, long Start, long DataStart, long PackedLength, long Length, bool IsDeflated);
