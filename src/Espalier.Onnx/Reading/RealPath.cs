namespace Espalier.Onnx;

/// <summary>Follows symbolic links as the operating system does when it opens a file.</summary>
internal static class RealPath
{
    private const int MostLinks = 40; // as many as Linux follows

    /// <summary>The path without links: each part is followed in turn, so that <c>..</c> in a link's target leads to the parent of the folder that the target has reached by then, which may be one behind another link.</summary>
    /// <returns>The path, whether or not something is there; <see langword="null"/> where the links lead in a circle or are more than 40.</returns>
    internal static string? Of(string path)
    {
        string real = "";
        var rest = new Stack<string>();
        Follow(Path.GetFullPath(path), ref real, rest);
        for (int links = 0; rest.TryPop(out string? part);)
        {
            if (part is "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            string next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not string target)
            {
                real = next;
            }
            else if (++links > MostLinks)
            {
                return null;
            }
            else
            {
                Follow(target, ref real, rest);
            }
        }

        return real;
    }

    /// <summary>Puts the parts of a path before the others; a path with a root starts there.</summary>
    private static void Follow(string path, ref string real, Stack<string> rest)
    {
        string root = Path.GetPathRoot(path) ?? "";
        real = root.Length > 0 ? root : real;
        foreach (string part in path[root.Length..].Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Reverse().Where(part => part is not ("" or ".")))
        {
            rest.Push(part);
        }
    }
}
