using System.Buffers;

namespace Espalier.Tensors;

/// <summary>A part of a file that is read into memory when a span of it is first accessed, and not when it is only copied from.</summary>
/// <remarks>
/// Files are read and not mapped: a process that accesses a mapped page beyond the end of a file that was shortened meanwhile is killed by the operating system, and one that
/// accesses a page that was overwritten gets other bytes than the header describes, without any error.
/// </remarks>
internal sealed class FileBytes : DeferredMemory
{
    private readonly Lock _lock = new();
    private readonly SourceFile _file;
    private readonly long _offset;
    private Memory<byte> _bytes;

    private FileBytes(SourceFile file, long offset, int length) : base(length) => (_file, _offset) = (file, offset);

    /// <summary>The bytes from <paramref name="offset"/> on; aligned to a cache line once they are read.</summary>
    /// <param name="file">The open file, which must stay open.</param>
    /// <param name="offset">Offset of the first byte.</param>
    /// <param name="length">Number of bytes; the caller has checked that the file has them.</param>
    public static ReadOnlyMemory<byte> Of(SourceFile file, long offset, int length)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new FileBytes(file, offset, length).Memory;
    }

    /// <inheritdoc/>
    /// <exception cref="MalformedInputException">The file was changed.</exception>
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
    internal override void CopyTo(int start, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Length, Length - start);
        _file.Read(_offset + start, target);
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
