using System.Buffers.Binary;

namespace Espalier.Formats;

/// <summary>Reads a <see cref="ByteSource"/> sequentially and buffered, for formats that must be parsed byte by byte.</summary>
internal sealed class ByteCursor(ByteSource source, long position = 0)
{
    private readonly byte[] _buffer = new byte[(int)Math.Min(1 << 16, source.Length)];
    private long _bufferStart;
    private int _buffered;

    /// <summary>The offset of the next byte.</summary>
    public long Position { get; private set; } = position;

    /// <summary>The bytes that are read.</summary>
    public ByteSource Source => source;

    /// <summary>Number of bytes from the current position to the end.</summary>
    public long Left => source.Length - Position;

    /// <summary>Skips <paramref name="count"/> bytes.</summary>
    public void Skip(long count)
    {
        Require(count);
        Position += count;
    }

    /// <summary>Reads the next byte.</summary>
    public byte ReadByte()
    {
        int at = Fill(1);
        Position++;
        return _buffer[at];
    }

    /// <summary>Reads the next <paramref name="count"/> bytes (at most 8); the span is valid until the next read.</summary>
    public ReadOnlySpan<byte> ReadFew(int count)
    {
        int at = Fill(count);
        Position += count;
        return _buffer.AsSpan(at, count);
    }

    /// <summary>Reads a little-endian 16-bit integer.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadFew(sizeof(ushort)));

    /// <summary>Reads a little-endian 32-bit integer.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadFew(sizeof(int)));

    /// <summary>Reads a little-endian 64-bit integer.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadFew(sizeof(long)));

    /// <summary>Reads the next bytes into a new array.</summary>
    public byte[] ReadBytes(long count)
    {
        Require(count);
        if (count > Array.MaxLength)
        {
            throw source.Malformed(Position, $"a value of {count} bytes does not fit into one array");
        }

        byte[] bytes = new byte[count];
        source.Read(Position, bytes);
        Position += count;
        return bytes;
    }

    /// <summary>Reads the bytes up to the next line feed, and skips the line feed.</summary>
    public byte[] ReadLine(int limit)
    {
        var line = new List<byte>();
        for (byte next = ReadByte(); next != '\n'; next = ReadByte())
        {
            if (line.Count == limit)
            {
                throw source.Malformed(Position, $"a line longer than {limit} bytes");
            }

            line.Add(next);
        }

        return [.. line];
    }

    private int Fill(int count)
    {
        if (Position < _bufferStart || Position + count > _bufferStart + _buffered)
        {
            Require(count);
            _buffered = (int)Math.Min(_buffer.Length, Left);
            _bufferStart = Position;
            source.Read(Position, _buffer.AsSpan(0, _buffered));
        }

        return (int)(Position - _bufferStart);
    }

    private void Require(long count)
    {
        if (count < 0 || count > Left)
        {
            throw source.Malformed(Position, $"truncated: {(ulong)count} bytes are needed here, but only {Left} are left");
        }
    }
}
