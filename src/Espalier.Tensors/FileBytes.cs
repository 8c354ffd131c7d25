using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Espalier.Tensors;

/// <summary>A part of a file that is read when somebody first looks at it, and never if it is only copied from.</summary>
/// <remarks>For files that their writers overwrite in place, which must not be mapped: a process that reads a page that was cut off is ended.</remarks>
public sealed class FileBytes : FileMemory
{
    private readonly Lock _lock = new();
    private Memory<byte> _bytes;

    private FileBytes(SafeFileHandle file, string name, long offset, int length) : base(file, name, offset, length)
    {
    }

    /// <summary>The bytes from <paramref name="offset"/> on, on a cache line's boundary once they are read.</summary>
    /// <param name="file">The open file, which is not to be closed.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="offset">Where they begin.</param>
    /// <param name="length">How many there are; the caller has made sure of that.</param>
    public static ReadOnlyMemory<byte> Of(SafeFileHandle file, string name, long offset, int length)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new FileBytes(file, name, offset, length).Memory;
    }

    /// <inheritdoc/>
    /// <exception cref="MalformedInputException">The file has become shorter.</exception>
    public override Span<byte> GetSpan()
    {
        lock (_lock)
        {
            if (_bytes.IsEmpty)
            {
                Memory<byte> bytes = AlignedMemory.Allocate<byte>(Length);
                CopyTo(0, bytes.Span);
                _bytes = bytes;
            }

            return _bytes.Span;
        }
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)Length, nameof(elementIndex));
        GetSpan();
        return _bytes[elementIndex..].Pin();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The bytes are the collector's, and the file may have other readers.
    }
}
