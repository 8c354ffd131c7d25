namespace Espalier;

/// <summary>How <see cref="PublishedFiles.FetchAsync"/> gets a file.</summary>
public sealed record FetchOptions
{
    /// <summary>Where files are kept; <see langword="null"/> for <see cref="FileCache.Folder"/>.</summary>
    public string? Folder { get; init; }

    /// <summary>The address of a folder to get files from instead of the official one; it ends in a slash. Hashes are checked all the same.</summary>
    public Uri? Mirror { get; init; }

    /// <summary>Hears what is worth knowing: where from, and that the connection broke.</summary>
    public Action<string>? Note { get; init; }
}

/// <summary>How much of a file has arrived.</summary>
/// <param name="File">Its name.</param>
/// <param name="Received">Bytes that are here.</param>
/// <param name="Total">Bytes of all of it, or <see langword="null"/> where the server does not tell.</param>
public readonly record struct FetchProgress(string File, long Received, long? Total);
