using Microsoft.Win32.SafeHandles;

namespace Espalier.Tensors;

/// <summary>A part of a file as read-only memory. Accessing a span loads its bytes into memory; copying from it does not.</summary>
/// <remarks>The file stays open as long as the memory is referenced.</remarks>
internal abstract class FileMemory : DeferredMemory
{
    private readonly SafeFileHandle _file;
    private readonly string _name;
    private readonly long _offset;

    private protected FileMemory(SafeFileHandle file, string name, long offset, int length) : base(length)
    {
        (_file, _name, _offset) = (file, name, offset);
    }

    /// <summary>Opens a file for reading, without preventing others from reading, replacing or deleting it.</summary>
    private protected static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);

    /// <inheritdoc/>
    internal override void CopyTo(int start, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Length, Length - start);
        long position = _offset + start;
        while (target.Length > 0)
        {
            int count = RandomAccess.Read(_file, target, position);
            if (count == 0)
            {
                MalformedInputException.Throw(_name, position, "the file became shorter while it was in use");
            }

            target = target[count..];
            position += count;
        }
    }
}
