using System.IO.Enumeration;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Decides which files of a folder count as images: those with an extension of a format that can be read, at any depth. Links to folders are followed, but no folder is entered twice.</summary>
internal static class ImageFiles
{
    // Nothing is skipped silently, neither hidden files nor folders without read permission.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Whether a file's name is that of an image that can be read.</summary>
    internal static bool IsImage(string file) => Has(ImageDecoder.Extensions, file);

    /// <summary>Whether a folder contains images, not counting those of folders in it.</summary>
    internal static bool Directly(string folder) => Directory.EnumerateFiles(folder, "*", Everything).Any(IsImage);

    /// <summary>The files of a folder, at any depth, ordered by name.</summary>
    /// <exception cref="EspalierException">The folder does not exist, or a folder in it cannot be read.</exception>
    internal static FolderFiles InFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EspalierException($"{folder}: no such file or folder");
        }

        return FileErrors.ReadFolder(folder, () =>
        {
            var walk = new Walk(ImageDecoder.Extensions);
            walk.Add(folder);
            return walk.ToResult(folder);
        });
    }

    private static bool Has(IReadOnlyList<string> extensions, string file) => extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>The state of a walk through a folder.</summary>
    private sealed class Walk(IReadOnlyList<string> extensions)
    {
        private readonly List<string> _images = [];
        private readonly List<string> _others = [];
        private readonly HashSet<string> _entered = new(StringComparer.Ordinal); // by their paths without links
        private readonly SortedSet<string> _links = new(CodePointOrder.Instance);

        /// <summary>Folders come before links, so that an image that both lead to has the name that it has without links.</summary>
        internal void Add(string folder)
        {
            Enter(folder, RealPath.Of(folder));
            while (_links.Min is string link)
            {
                _links.Remove(link);
                Enter(link, RealPath.Of(link));
            }
        }

        internal FolderFiles ToResult(string folder)
        {
            _images.Sort(CodePointOrder.Instance);
            _others.Sort(CodePointOrder.Instance);
            return new FolderFiles(folder, _images, _others);
        }

        private void Enter(string folder, string real)
        {
            if (!_entered.Add(real))
            {
                return;
            }

            foreach ((string name, bool isFolder, bool isLink) in Entries(folder))
            {
                string path = Path.Combine(folder, name);
                if (!isFolder)
                {
                    (Has(extensions, name) ? _images : _others).Add(path);
                }
                else if (isLink)
                {
                    _links.Add(path);
                }
                else
                {
                    Enter(path, Path.Combine(real, name));
                }
            }
        }

        private static FileSystemEnumerable<(string Name, bool IsFolder, bool IsLink)> Entries(string folder) =>
            new(folder, (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory, (entry.Attributes & FileAttributes.ReparsePoint) != 0), Everything);
    }
}

/// <summary>The files of a folder.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Images">The images, ordered by name.</param>
/// <param name="Others">The files that are no images of a format that can be read, ordered by name.</param>
internal sealed record FolderFiles(string Folder, IReadOnlyList<string> Images, IReadOnlyList<string> Others)
{
    /// <summary>The same, if there are images.</summary>
    /// <exception cref="EspalierException">There are none; the message says what there is instead.</exception>
    internal FolderFiles Required() => Images.Count > 0
        ? this
        : throw new EspalierException($"{Folder}: the folder has no images (looked for {string.Join(", ", ImageDecoder.Extensions)}{(Others.Count == 0 ? "" : $"; found {CountsOf(Others)}")})");

    /// <summary>A message about files that were left out, with their number by extension; <see langword="null"/> if there are none.</summary>
    internal static string? LeftOut(IReadOnlyList<string> others) => others.Count == 0 ? null
        : $"{others.Count} {(others.Count == 1 ? "file is" : "files are")} not read, because the name is not that of an image ({string.Join(", ", ImageDecoder.Extensions)}): {CountsOf(others)}; the first: {others[0]}";

    /// <summary>Numbers of files by extension, the most frequent first.</summary>
    private static string CountsOf(IEnumerable<string> files) => string.Join(", ", files
        .GroupBy(file => Path.GetExtension(file).ToLowerInvariant())
        .OrderByDescending(group => group.Count())
        .ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Count()} {(group.Key.Length == 0 ? "without extension" : group.Key)}"));
}
