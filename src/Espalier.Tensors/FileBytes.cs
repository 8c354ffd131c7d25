using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Espalier.Tensors;

/// <summary>A part of a file that is read into memory when a span of it is first accessed, and not when it is only copied from.</summary>
/// <remarks>For files that may be overwritten in place and must therefore not be mapped: accessing a mapped page beyond the end of a shortened file ends the process.</remarks>
internal sealed class FileBytes : FileMemory
{
    private readonly Lock _lock = new();
    private Memory<byte> _bytes;

    private FileBytes(SafeFileHandle file, string name, long offset, int length) : base(file, name, offset, length)
    {
    }

    /// <summary>The bytes from <paramref name="offset"/> on; aligned to a cache line once they are read.</summary>
    /// <param name="file">The open file, which must stay open.</param>
    /// <param name="name">The name that error messages use for the file.</param>
    /// <param name="offset">Offset of the first byte.</param>
    /// <param name="length">Number of bytes; the caller has checked that the file has them.</param>
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
        // The garbage collector frees the bytes, and the file may have other readers.
    }
}
