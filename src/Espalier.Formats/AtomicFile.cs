using System.Security.Cryptography;

namespace Espalier.Formats;

/// <summary>Writes files atomically: a reader, even after a crash, sees either the complete old file or the complete new one.</summary>
internal static class AtomicFile
{
    // .NET's HResult for EFBIG: the file would exceed the limit of the file system or of the user.
    private const string TooLarge = "value";

    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to the disk, and renames it to <paramref name="path"/>.</summary>
    /// <param name="path">The file to create or replace. Where it is a symbolic link, the link stays and its target is replaced.</param>
    /// <param name="write">Writes the content. If it throws, the existing file stays unchanged.</param>
    /// <exception cref="EspalierException">The disk is full, or the folder is missing or not writable.</exception>
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

    /// <summary>Deletes the temporary files that interrupted writers have left beside a file. No one may be writing the file at the same time.</summary>
    /// <param name="path">The file, as passed to <see cref="Write"/>; its folder must exist.</param>
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
        return Directory.Exists(target) ? throw new IOException("it is a folder")
            : !Directory.Exists(Path.GetDirectoryName(target)) ? throw new IOException("its folder does not exist")
            : target;
    }

    /// <summary>Refuses device files: renaming a file over <c>/dev/null</c> would replace the device for the whole system.</summary>
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
            options.UnixCreateMode = File.GetUnixFileMode(target); // the new file gets the permissions of the old one
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
            // The first error is reported; failing to delete the temporary file adds nothing useful to it.
        }
    }
}
