namespace Espalier;

/// <summary>A file that can be downloaded.</summary>
/// <param name="Name">The name in <see cref="PublishedFiles.Names"/>.</param>
/// <param name="Address">The address.</param>
/// <param name="Digest">The published digest.</param>
internal sealed record PublishedFile(string Name, Uri Address, FileDigest Digest)
{
    /// <summary>The name that the file gets, where it is not that of the address.</summary>
    internal string? LocalName { get; init; }

    /// <summary>The name of the downloaded file.</summary>
    internal string FileName => LocalName ?? Path.GetFileName(Address.AbsolutePath);

    /// <summary>What the archive is unpacked to, or <see langword="null"/> for a file that is not unpacked.</summary>
    internal Unpacking? Unpacking { get; init; }
}
