using System.Runtime.CompilerServices;

namespace Espalier.Architecture.Tests;

/// <summary>The files of the repository that this test was compiled from.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    /// <summary>Files below a folder, by path from the root with forward slashes; nothing that a build or npm made.</summary>
    internal static IEnumerable<string> Files(string folder, string pattern)
    {
        string full = Path.Combine(Root, folder);
        return !Directory.Exists(full)
            ? []
            : Directory.EnumerateFiles(full, pattern, SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
                .Order(StringComparer.Ordinal);
    }

    internal static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        DirectoryInfo? folder = Directory.GetParent(thisFile);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Espalier.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No Espalier.slnx above {thisFile}.");
    }
}
