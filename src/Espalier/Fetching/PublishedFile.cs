namespace Espalier;

/// <summary>A file that can be downloaded.</summary>
/// <param name="Name">The name in <see cref="PublishedFiles.Names"/>.</param>
/// <param name="Address">The address.</param>
/// <param name="Digest">The published digest.</param>
internal sealed record PublishedFile(string Name, Uri Address, FileDigest Digest)
{
    /// <summary>The file name of the address.</summary>
    internal string FileName => Path.GetFileName(Address.AbsolutePath);

    /// <summary>The folder that the archive is unpacked to, or <see langword="null"/> for a file that is not unpacked.</summary>
    internal string? Folder { get; init; }
}
