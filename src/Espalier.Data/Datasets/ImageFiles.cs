using System.IO.Enumeration;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Finds image files in folders.</summary>
internal static class ImageFiles
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".jpe", ".png"];

    // Nothing is skipped silently, neither hidden files nor folders without read permission.
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>The images of a folder, at any depth, ordered by name.</summary>
    /// <exception cref="EspalierException">The folder does not exist or has no images, or a folder in it cannot be read.</exception>
    internal static IReadOnlyList<string> InFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EspalierException($"{folder}: no such file or folder");
        }

        return FileErrors.ReadFolder<IReadOnlyList<string>>(folder, () =>
        {
            string[] files = [.. Files(folder)
                .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(CodePointOrder.Instance)];
            return files.Length > 0 ? files : throw new EspalierException($"{folder}: the folder has no images (looked for {string.Join(", ", Extensions)})");
        });
    }

    // Links to files are followed; links to folders are not, because they may form cycles.
    private static FileSystemEnumerable<string> Files(string folder) => new(folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), Everything)
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
        ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
    };
}
