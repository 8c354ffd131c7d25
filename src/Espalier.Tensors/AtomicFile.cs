using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Espalier.Tensors;

/// <summary>Writes files atomically: a reader, even after a crash, sees either the complete old file or the complete new one.</summary>
internal static class AtomicFile
{
    // .NET's HResult for EFBIG: the file would exceed the limit of the file system or of the user.
    private const string TooLarge = "value";

    private const string Extension = ".tmp";
    private const int MarkLength = 8;
    private const int Attempts = 5; // to get a temporary file that no one who clears up has taken for an abandoned one

    private static readonly ConcurrentDictionary<string, bool> s_unfinished = new(StringComparer.Ordinal); // temporary files of this process

    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to the disk, and renames it to <paramref name="path"/>. Of several writers of a file the last to end wins.</summary>
    /// <remarks>
    /// The temporary file is locked until it is renamed, and the operating system ends the lock of a process that was killed. So each write first deletes what killed writers of the same file have
    /// left, but no file that is being written.
    /// </remarks>
    /// <param name="path">The file to create or replace. Where it is a symbolic link, the link stays and its target is replaced.</param>
    /// <param name="write">Writes the content. If it throws, the existing file stays unchanged.</param>
    /// <exception cref="EspalierException">The disk is full, or the folder is missing or not writable.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string? draft = null;
        try
        {
            string target = Target(path);
            DeleteAbandoned(target);
            using FileStream stream = Begin(target, out draft);
            write(stream);
            stream.Flush(flushToDisk: true);
            if (OperatingSystem.IsWindows())
            {
                stream.Dispose(); // an open file cannot be renamed there
            }

            File.Move(draft, target, overwrite: true);
            s_unfinished.TryRemove(draft, out _);
        }
        catch (Exception error)
        {
            Discard(draft);
            if (IsOfTheDisk(error))
            {
                throw Unwritable(path, error);
            }

            throw;
        }
    }

    /// <summary>Deletes the temporary files of writes that are still going on. For a process that is about to end without waiting for them.</summary>
    public static void DiscardUnfinished()
    {
        foreach (string draft in s_unfinished.Keys)
        {
            Discard(draft);
        }
    }

    /// <summary>Deletes the temporary files that killed writers have left beside a file, but none that is being written.</summary>
    /// <param name="path">The file, as passed to <see cref="Write"/>.</param>
    /// <exception cref="EspalierException">The file could not be written: it is a folder, or its folder is missing.</exception>
    public static void DeleteDrafts(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            DeleteAbandoned(Target(path));
        }
        catch (Exception error) when (IsOfTheDisk(error))
        {
            throw Unwritable(path, error);
        }
    }

    private static bool IsOfTheDisk(Exception error) =>
        error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentOutOfRangeException { ParamName: TooLarge };

    private static EspalierException Unwritable(string path, Exception error) => new($"cannot write {path}: {error.Message}", error);

    private static string Draft(string target, string mark) => Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{mark}{Extension}");

    /// <summary>Whether a file is a temporary file of a target, which may have wildcards in its name.</summary>
    private static bool IsDraft(string file, string target) =>
        file.Length == Draft(target, "").Length + MarkLength && file[^(MarkLength + Extension.Length)..^Extension.Length] is var mark && mark.All(char.IsAsciiHexDigitLower) && file == Draft(target, mark);

    private static void DeleteAbandoned(string target)
    {
        string folder = Path.GetDirectoryName(target)!;
        try
        {
            if (!OperatingSystem.IsWindows() && new DriveInfo(folder).DriveType == DriveType.Network)
            {
                return; // .NET takes no shared locks there, so an abandoned file looks like one that is being written
            }

            foreach (string file in Directory.EnumerateFiles(folder, "*" + Extension).Where(file => IsDraft(file, target)))
            {
                DeleteUnlocked(file);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The file itself does not depend on clearing up, so its failure does not matter.
        }
    }

    private static void DeleteUnlocked(string file)
    {
        try
        {
            // The draft of a read-only file is read-only itself. For locking it, reading is enough.
            using var alone = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A writer has it, or another one has deleted it.
        }
    }

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

    /// <summary>Creates the temporary file, locked for as long as the stream is open.</summary>
    private static FileStream Begin(string target, out string draft)
    {
        // Shared for reading, so that on Unix its lock does not refuse the first readers of the file under its new name.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            options.UnixCreateMode = File.GetUnixFileMode(target); // the new file gets the permissions of the old one
        }

        for (int attempt = 1; ; attempt++)
        {
            draft = Draft(target, RandomNumberGenerator.GetHexString(MarkLength, lowercase: true));
            s_unfinished.TryAdd(draft, true);
            try
            {
                var stream = new FileStream(draft, options);
                if (attempt == Attempts || File.Exists(draft))
                {
                    return stream;
                }

                stream.Dispose(); // deleted by another writer between its creation and its lock
            }
            catch (IOException error) when (attempt < Attempts && FileErrors.IsLocked(error))
            {
                // Another writer looks at it just now, and deletes it.
            }

            s_unfinished.TryRemove(draft, out _);
        }
    }

    private static void Discard(string? draft)
    {
        try
        {
            if (draft is not null)
            {
                s_unfinished.TryRemove(draft, out _);
                File.Delete(draft);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is reported; failing to delete the temporary file adds nothing useful to it.
        }
    }
}
