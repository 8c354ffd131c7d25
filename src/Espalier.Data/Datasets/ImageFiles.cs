using Espalier.Tensors;

namespace Espalier.Data.Datasets;

/// <summary>Finds image files.</summary>
internal static class ImageFiles
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".jpe", ".png"];

    /// <summary>Links are not followed: they may lead in circles.</summary>
    private static readonly EnumerationOptions Within = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>The images of a folder, at any depth, in the order of their names.</summary>
    /// <exception cref="EspalierException">There is no such folder, or it has no images.</exception>
    internal static IReadOnlyList<string> InFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new EspalierException($"{folder}: no such file or folder");
        }

        string[] files = [.. Directory.EnumerateFiles(folder, "*", Within)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new EspalierException($"{folder}: the folder has no images (looked for {string.Join(", ", Extensions)})");
    }
}
