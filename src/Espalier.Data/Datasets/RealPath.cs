namespace Espalier.Data;

/// <summary>Paths without links, so that the same folder has one path however it is reached.</summary>
internal static class RealPath
{
    /// <summary>The absolute path with every link in it replaced by its target.</summary>
    /// <exception cref="IOException">The links form a cycle.</exception>
    internal static string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(full) is not string parent)
        {
            return full;
        }

        string here = Path.Combine(Of(parent), Path.GetFileName(full));
        return Directory.ResolveLinkTarget(here, returnFinalTarget: true) is { } target ? Of(target.FullName) : here;
    }
}
