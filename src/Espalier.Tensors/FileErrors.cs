namespace Espalier.Tensors;

/// <summary>Converts the system's exceptions about files and folders to <see cref="EspalierException"/>, so that a wrong path has one kind of error.</summary>
internal static class FileErrors
{
    // The HResult of an IOException for a file that another handle has locked: ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK from flock(2) on Unix.
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;

    /// <summary>Reads a file.</summary>
    /// <exception cref="EspalierException">The file cannot be opened or read.</exception>
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

    /// <summary>Reads a folder, or files in it.</summary>
    /// <exception cref="EspalierException">The folder, or a file or folder in it, cannot be opened or read.</exception>
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

    /// <summary>Creates a folder unless it exists.</summary>
    /// <exception cref="EspalierException">The folder cannot be created.</exception>
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

    /// <summary>Whether another process has locked the file.</summary>
    internal static bool IsLocked(IOException error) => error.HResult is SharingViolation or WouldBlockOnLinux or WouldBlockOnMac;

    private static bool AreSystems(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException;
}
