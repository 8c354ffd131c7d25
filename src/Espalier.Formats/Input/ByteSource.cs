using System.Buffers.Binary;

namespace Espalier.Formats;

/// <summary>Bytes of a file or of memory with random access; those of a file are read on demand.</summary>
/// <remarks>Every read is checked against the length before it allocates, so a wrong size in a file cannot cause a large allocation.</remarks>
internal sealed class ByteSource : IDisposable
{
    // Smaller reads would cost more than reading this much at once.
    private const int WorthDeferring = 16 * 1024;

    private readonly SourceFile? _file;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly long _start;
    private readonly ByteSource _whole; // the source that this is a part of, or this itself
    private bool _isShared; // the file must stay open because parts of it are read later

    private ByteSource(string name, SourceFile? file, ReadOnlyMemory<byte> memory, long start, long length, ByteSource? whole = null)
    {
        Name = name;
        _file = file;
        _memory = memory;
        _start = start;
        _whole = whole ?? this;
        Length = length;
    }

    /// <summary>The name that error messages use for these bytes.</summary>
    public string Name { get; }

    /// <summary>Number of bytes.</summary>
    public long Length { get; }

    /// <summary>Opens a file, which must be seekable and no longer than the limit.</summary>
    public static ByteSource Open(string path, in Limits limits)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SourceFile? file = null;
        try
        {
            file = SourceFile.Open(path);
            RequireLength(file.Name, file.Length, limits);
            return new ByteSource(file.Name, file, default, 0, file.Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            file?.Dispose();
            throw FileErrors.Unreadable(path, error);
        }
        catch (MalformedInputException)
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>A source over <paramref name="memory"/>, without a copy.</summary>
    public static ByteSource Over(ReadOnlyMemory<byte> memory, string name, in Limits limits)
    {
        RequireLength(name, memory.Length, limits);
        return new ByteSource(name, null, memory, 0, memory.Length);
    }

    /// <summary>A source over bytes decompressed from a part of this source; offsets in errors count from their own beginning.</summary>
    public ByteSource Unpacked(ReadOnlyMemory<byte> memory, string part) => new($"{Name} ({part}, unpacked)", null, memory, 0, memory.Length);

    /// <summary>A part of these bytes. It needs no disposal of its own.</summary>
    public ByteSource Part(long offset, long length)
    {
        Require(offset, length);
        return new ByteSource(Name, _file, _memory, _start + offset, length, _whole);
    }

    /// <summary>Fills <paramref name="into"/> with the bytes from <paramref name="offset"/> on.</summary>
    public void Read(long offset, Span<byte> into)
    {
        Require(offset, into.Length);
        if (_file is null)
        {
            _memory.Span.Slice((int)(_start + offset), into.Length).CopyTo(into);
            return;
        }

        _file.Read(_start + offset, into);
    }

    /// <summary>A copy of <paramref name="length"/> bytes, aligned to a cache line so that kernels can use it directly.</summary>
    public Memory<byte> ReadBlock(long offset, int length)
    {
        Require(offset, length);
        Memory<byte> block = AlignedMemory.Allocate<byte>(length);
        Read(offset, block.Span);
        return block;
    }

    /// <summary>The same bytes, but large parts of a file are only read on first access.</summary>
    public ReadOnlyMemory<byte> ReadWhenUsed(long offset, int length)
    {
        if (_file is null || length < WorthDeferring)
        {
            return ReadBlock(offset, length);
        }

        Require(offset, length);
        _whole._isShared = true;
        return FileBytes.Of(_file, _start + offset, length);
    }

    /// <summary>Reads a little-endian 64-bit integer.</summary>
    public long ReadInt64(long offset)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Read(offset, bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>Creates the error for a position in these bytes, which is reported as the offset in the whole file.</summary>
    public MalformedInputException Malformed(long offset, string reason) => new(Name, _start + offset, reason);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_whole._isShared)
        {
            _file?.Dispose();
        }
    }

    private static void RequireLength(string name, long length, in Limits limits)
    {
        if (length > limits.FileBytes)
        {
            MalformedInputException.Throw(name, null, $"the file has {length:N0} bytes, more than the limit of {limits.FileBytes:N0}");
        }
    }

    private void Require(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length)
        {
            throw Malformed(0, $"a part of {length} bytes at {offset} lies beyond the {Length} bytes that there are");
        }

        if (length > Length - offset)
        {
            throw Malformed(offset, $"truncated: {length} bytes are needed here, but only {Length - offset} are left");
        }
    }
}
