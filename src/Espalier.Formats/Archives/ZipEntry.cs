namespace Espalier.Formats;

/// <summary>One file of a zip archive, as the central directory and the file's own header agree that it is.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Start">Where its own header begins.</param>
/// <param name="DataStart">Where its bytes begin.</param>
/// <param name="PackedLength">How many bytes they are in the archive.</param>
/// <param name="Length">How many they are unpacked.</param>
/// <param name="IsDeflated">Whether they are compressed by deflate; otherwise they are stored as they are.</param>
internal sealed record ZipEntry(string Name, long Start, long DataStart, long PackedLength, long Length, bool IsDeflated);
