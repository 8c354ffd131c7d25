namespace Espalier.Tensors;

/// <summary>Makes an <see cref="EspalierException"/> of what the system says about a file or folder: all that a caller has to expect of a path that is wrong.</summary>
internal static class FileErrors
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="EspalierException">It cannot be opened or read.</exception>
    internal static T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (AreSystems(error))
        {
            throw Unreadable(path, error);
        }
    }

    /// <summary>Looks for files in a folder, and reads them.</summary>
    /// <exception cref="EspalierException">It, or a file or folder in it, cannot be opened or read.</exception>
    internal static T ReadFolder<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (AreSystems(error))
        {
            throw new EspalierException($"cannot read {path}: {error.Message}", error);
        }
    }

    /// <summary>Makes a folder, unless it is there.</summary>
    /// <exception cref="EspalierException">It cannot be made.</exception>
    internal static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (AreSystems(error))
        {
            throw new EspalierException($"cannot write to {path}: {error.Message}", error);
        }
    }

    /// <summary>The error of a file that cannot be opened or read.</summary>
    internal static EspalierException Unreadable(string path, Exception error) => new($"cannot read {path}: {(Directory.Exists(path) ? "it is a folder" : error.Message)}", error);

    private static bool AreSystems(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException;
}
