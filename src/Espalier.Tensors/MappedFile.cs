using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Espalier.Tensors;

/// <summary>A file's bytes as read-only memory: pages are read from disk when accessed, and shared with other processes.</summary>
/// <remarks>
/// The only file outside the kernels that uses pointers, because .NET exposes a mapped view as one. There is no finalizer: a span
/// does not keep its owner alive, so unmapping on collection could invalidate memory that is being read. A mapping therefore lasts as
/// long as the process, which costs address space, not memory.
/// </remarks>
internal sealed unsafe class MappedFile : FileMemory
{
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    private MappedFile(SafeFileHandle file, string name, long offset, int length, MemoryMappedViewAccessor view) : base(file, name, offset, length)
    {
        _view = view;
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + view.PointerOffset;
    }

    /// <summary>Maps <paramref name="length"/> bytes of a file from <paramref name="offset"/> on, at most 2 GiB; map larger files in parts.</summary>
    /// <remarks>
    /// The file must not be shortened while it is mapped: the operating system ends a process that accesses pages beyond the end. Files
    /// that are replaced by renaming, as Espalier's own are, stay unchanged.
    /// </remarks>
    /// <exception cref="MalformedInputException">The file ends before the end of the mapping.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ReadOnlyMemory<byte> Map(string path, long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        SafeFileHandle file = Open(path);
        try
        {
            long bytes = RandomAccess.GetLength(file);
            if (offset > bytes - length)
            {
                MalformedInputException.Throw(path, bytes, $"the file ends here; {length} bytes from {offset} on were expected");
            }

            if (length == 0)
            {
                file.Dispose();
                return ReadOnlyMemory<byte>.Empty;
            }

            using var mapping = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            return new MappedFile(file, Path.GetFileName(path), offset, length, mapping.CreateViewAccessor(offset, length, MemoryMappedFileAccess.Read)).Memory;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(_start, Length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)Length, nameof(elementIndex));
        return new MemoryHandle(_start + elementIndex, default, this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }
    }
}
