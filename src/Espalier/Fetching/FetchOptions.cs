namespace Espalier;

/// <summary>The options of <see cref="PublishedFiles.FetchAsync"/>.</summary>
public sealed record FetchOptions
{
    /// <summary>The folder of downloaded files; <see langword="null"/> for <see cref="FileCache.Folder"/>.</summary>
    public string? Folder { get; init; }

    /// <summary>The address of a folder, with a slash at the end, from which files are downloaded instead of the official address. Digests are checked as well.</summary>
    public Uri? Mirror { get; init; }

    /// <summary>The first digits of the file's SHA-256, at least 8, for an address or a model of timm whose hash is not part of its name; <see langword="null"/> where it is known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Called with messages: the address of the download, and interruptions of the connection.</summary>
    public Action<string>? Note { get; init; }
}

/// <summary>The progress of a download.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Received">The number of bytes received.</param>
/// <param name="Total">The size of the file in bytes, or <see langword="null"/> if the server does not report it.</param>
public readonly record struct FetchProgress(string File, long Received, long? Total);
