using System.Security.Cryptography;

namespace Espalier.Formats;

/// <summary>Writes files that are either the old one or the new one, whole: never half of each, whatever happens in between.</summary>
public static class AtomicFile
{
    // How .NET says EFBIG: more than the file system, or the user's limit, lets a file hold.
    private const string TooLarge = "value";

    /// <summary>Writes a file of its own beside <paramref name="path"/>, makes sure that it is on the disk, and renames it to <paramref name="path"/>.</summary>
    /// <param name="path">The file to make or to replace. A symbolic link stays one: what it points to is replaced.</param>
    /// <param name="write">Writes the content. If it throws, what was there before stays as it is.</param>
    /// <exception cref="EspalierException">The disk is full, or the folder is missing or may not be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            string target = Target(path);
            string temporary = Path.Combine(Path.GetDirectoryName(target)!, Draft(target, RandomNumberGenerator.GetHexString(8, lowercase: true)));
            try
            {
                WriteNew(temporary, target, write);
                File.Move(temporary, target, overwrite: true);
            }
            catch
            {
                Discard(temporary);
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentOutOfRangeException { ParamName: TooLarge })
        {
            throw new EspalierException($"cannot write {path}: {error.Message}", error);
        }
    }

    /// <summary>Deletes the drafts of a file that killed writers have left beside it. Nobody may be writing it meanwhile.</summary>
    /// <param name="path">The file, as given to <see cref="Write"/>; its folder exists.</param>
    public static void DeleteDrafts(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        foreach (string draft in Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, Draft(path, "*")))
        {
            File.Delete(draft);
        }
    }

    private static string Draft(string path, string mark) => $".{Path.GetFileName(path)}.{mark}.tmp";

    private static string Target(string path)
    {
        string full = Path.GetFullPath(path);
        RequireNoDevice(full);
        var file = new FileInfo(full);
        string target = file.LinkTarget is null ? full : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        RequireNoDevice(target);
        return Directory.Exists(target) ? throw new IOException("it is a folder") : target;
    }

    /// <summary>Renaming a file over <c>/dev/null</c> would take the device away from everybody else.</summary>
    private static void RequireNoDevice(string path)
    {
        bool device = path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows() && (device || path.StartsWith("/proc/", StringComparison.Ordinal)))
        {
            throw new IOException("it is a device, not an ordinary file");
        }
    }

    private static void WriteNew(string temporary, string target, Action<Stream> write)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            options.UnixCreateMode = File.GetUnixFileMode(target); // who may read the old file may read the new one
        }

        using var stream = new FileStream(temporary, options);
        write(stream);
        stream.Flush(flushToDisk: true);
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to report; a file that could not be deleted cannot be helped here.
        }
    }
}
