namespace Espalier;

/// <summary>What a downloaded archive is unpacked to.</summary>
/// <param name="Result">The name of the folder or file.</param>
/// <param name="Run">Unpacks the archive at the first path to the second path, which is there when it is complete.</param>
internal sealed record Unpacking(string Result, Action<string, string, CancellationToken> Run)
{
    /// <summary>Whether the result is a folder; otherwise it is a file.</summary>
    internal bool IsFolder { get; private init; }

    /// <summary>One folder of a .tar.gz.</summary>
    internal static Unpacking Folder(string name) => new(name, (archive, target, cancellation) => TarExtraction.Run(archive, name, target, cancellation)) { IsFolder = true };
}
