using System.Buffers.Binary;

namespace Espalier.Formats;

/// <summary>Reads a <see cref="ByteSource"/> from one place onward, in large pieces, for formats that must be followed byte by byte.</summary>
internal sealed class ByteCursor(ByteSource source, long position = 0)
{
    private readonly byte[] _buffer = new byte[(int)Math.Min(1 << 16, source.Length)];
    private long _bufferStart;
    private int _buffered;

    /// <summary>Where the next byte comes from.</summary>
    public long Position { get; private set; } = position;

    /// <summary>What is read.</summary>
    public ByteSource Source => source;

    /// <summary>How many bytes there are from here on.</summary>
    public long Left => source.Length - Position;

    /// <summary>Passes over <paramref name="count"/> bytes.</summary>
    public void Skip(long count)
    {
        Require(count);
        Position += count;
    }

    /// <summary>One byte.</summary>
    public byte ReadByte()
    {
        int at = Fill(1);
        Position++;
        return _buffer[at];
    }

    /// <summary>The next few bytes (no more than 8), valid until the next read.</summary>
    public ReadOnlySpan<byte> ReadFew(int count)
    {
        int at = Fill(count);
        Position += count;
        return _buffer.AsSpan(at, count);
    }

    /// <summary>A little-endian 16-bit number.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadFew(sizeof(ushort)));

    /// <summary>A little-endian 32-bit number.</summary>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadFew(sizeof(int)));

    /// <summary>A little-endian 64-bit number.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadFew(sizeof(long)));

    /// <summary>A new array of bytes.</summary>
    public byte[] ReadBytes(long count)
    {
        Require(count);
        if (count > Array.MaxLength)
        {
            throw source.Malformed(Position, $"{count} bytes in one value are more than memory can hold");
        }

        byte[] bytes = new byte[count];
        source.Read(Position, bytes);
        Position += count;
        return bytes;
    }

    /// <summary>The bytes up to the next line feed, which is passed over.</summary>
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
