namespace Espalier;

/// <summary>A file somebody publishes.</summary>
/// <param name="Name">What 'espalier fetch' calls it.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Digest">What it must be.</param>
internal sealed record PublishedFile(string Name, Uri Address, FileDigest Digest)
{
    /// <summary>The name of the file itself.</summary>
    internal string FileName => Path.GetFileName(Address.AbsolutePath);

    /// <summary>The folder that the file unpacks to, or <see langword="null"/> for a file that is used as it is.</summary>
    internal string? Folder { get; init; }
}
