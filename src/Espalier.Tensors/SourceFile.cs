using Microsoft.Win32.SafeHandles;

namespace Espalier.Tensors;

/// <summary>A file that is open for reading and must not change until it has been read, since parts of it are read long after its header.</summary>
/// <remarks>
/// A file that is replaced by renaming or deleted is read on unchanged. One that is overwritten or shortened in place is noticed by its length and its time of change with every read. Two changes
/// within the resolution of the file system's clock, some milliseconds on Linux, have the same time.
/// </remarks>
internal sealed class SourceFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly DateTime _changed;

    private SourceFile(SafeFileHandle handle, string name)
    {
        (_handle, Name) = (handle, name);
        Length = RandomAccess.GetLength(handle);
        _changed = File.GetLastWriteTimeUtc(handle);
    }

    /// <summary>The name that error messages use for the file.</summary>
    public string Name { get; }

    /// <summary>The number of bytes when the file was opened.</summary>
    public long Length { get; }

    /// <summary>Opens a file, without preventing others from reading, replacing or deleting it.</summary>
    /// <exception cref="IOException">The file cannot be opened, or is not seekable.</exception>
    public static SourceFile Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        try
        {
            return new SourceFile(handle, Path.GetFileName(path));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Fills <paramref name="target"/> with the bytes from <paramref name="position"/> on.</summary>
    /// <exception cref="MalformedInputException">The file was changed since it was opened.</exception>
    public void Read(long position, Span<byte> target)
    {
        while (target.Length > 0)
        {
            int count = RandomAccess.Read(_handle, target, position);
            if (count == 0)
            {
                MalformedInputException.Throw(Name, position, "the file became shorter while it was in use");
            }

            target = target[count..];
            position += count;
        }

        if (RandomAccess.GetLength(_handle) != Length || File.GetLastWriteTimeUtc(_handle) != _changed)
        {
            MalformedInputException.Throw(Name, position, "the file was changed while it was in use; write a new file and rename it instead");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
