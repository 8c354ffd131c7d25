using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Espalier.Imaging;

/// <summary>Reads the bits of entropy-coded segments: removes stuffed zero bytes, stops at markers, and detects reads past the end.</summary>
/// <remarks>
/// Past the last bit it reads zeros, so that the inner loops need no test; the caller checks <see cref="IsOverrun"/> once per block.
/// </remarks>
internal ref struct EntropyReader
{
    private readonly EncodedImage _input;
    private readonly ReadOnlySpan<byte> _bytes;
    private ulong _bits; // the next bit is the highest one
    private int _count; // of valid bits, padding included
    private int _padding; // zero bits added where the data ended

    public EntropyReader(EncodedImage input, int position)
    {
        _input = input;
        _bytes = input.Bytes;
        Position = position;
    }

    /// <summary>The offset of the first byte not yet in the bit buffer; never beyond the marker that ends the segment.</summary>
    public int Position { get; private set; }

    /// <summary>Whether more bits were read than the segment has.</summary>
    public readonly bool IsOverrun => _count < _padding;

    /// <summary>Decodes one Huffman symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Decode(HuffmanTable table)
    {
        // Enough for a code and for the magnitude bits that may follow it.
        if (_count < 2 * HuffmanTable.MaxBits)
        {
            Refill();
        }

        int found = table.Lookup((int)(_bits >> (64 - HuffmanTable.LookupBits)));
        if (found == 0)
        {
            found = Search(table);
        }

        Skip(found >> 8);
        return found & 0xFF;
    }

    /// <summary>Decodes a small AC coefficient with one look-up; 0, and nothing is consumed, where <see cref="Decode"/> must be used. See <see cref="HuffmanTable.Coefficient"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int DecodeCoefficient(HuffmanTable table)
    {
        if (_count < 2 * HuffmanTable.MaxBits)
        {
            Refill();
        }

        int found = table.Coefficient((int)(_bits >> (64 - HuffmanTable.LookupBits)));
        Skip(found & 15);
        return found;
    }

    /// <summary>Reads a value of up to 15 bits in JPEG's sign convention.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadSigned(int size)
    {
        return size == 0 ? 0 : HuffmanTable.Extend(ReadBits(size), size);
    }

    /// <summary>Reads 1 to 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadBits(int size)
    {
        if (_count < size)
        {
            Refill();
        }

        int value = (int)(_bits >> (64 - size));
        Skip(size);
        return value;
    }

    /// <summary>Skips the rest of this segment and the restart marker that must follow it.</summary>
    public void ReadRestart(int number)
    {
        _bits = 0;
        _count = _padding = 0;
        while (Position + 1 < _bytes.Length && (_bytes[Position] != JpegMarker.Prefix || _bytes[Position + 1] is 0 or JpegMarker.Prefix))
        {
            Position++;
        }

        _input.Require(Position, 2, "a restart marker");
        if (_bytes[Position + 1] != JpegMarker.FirstRestart + number)
        {
            _input.Fail(Position, $"found marker FF{_bytes[Position + 1]:X2} instead of restart marker FF{JpegMarker.FirstRestart + number:X2}");
        }

        Position += 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Skip(int size)
    {
        _bits <<= size;
        _count -= size;
    }

    private readonly int Search(HuffmanTable table)
    {
        int found = table.Search((int)(_bits >> (64 - HuffmanTable.MaxBits)));
        if (found == 0)
        {
            _input.Fail(Position, IsOverrun || _count - _padding < HuffmanTable.MaxBits ? "the scan's data ends early" : "the scan's data contains an invalid Huffman code");
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refill()
    {
        if (Position + 8 <= _bytes.Length)
        {
            ulong next = BinaryPrimitives.ReadUInt64BigEndian(_bytes[Position..]);
            if (!HasPrefix(next))
            {
                // A byte that fits only in part is written again by the next refill; the bits set twice get the same values.
                _bits |= next >> _count;
                int taken = (64 - _count) >> 3;
                Position += taken;
                _count += taken << 3;
                return;
            }
        }

        while (_count <= 56)
        {
            int next = NextByte();
            if (next < 0)
            {
                int added = 64 - _count;
                _padding += added;
                _count = 64;
                return;
            }

            _bits |= (ulong)next << (56 - _count);
            _count += 8;
        }
    }

    /// <summary>Whether any byte is 0xFF: the usual test for a zero byte, on the complement.</summary>
    private static bool HasPrefix(ulong bytes) => ((~bytes - 0x0101010101010101) & bytes & 0x8080808080808080) != 0;

    /// <summary>The next byte of data, or −1 at a marker or the file's end.</summary>
    private int NextByte()
    {
        if (Position >= _bytes.Length)
        {
            return -1;
        }

        int value = _bytes[Position];
        if (value != JpegMarker.Prefix)
        {
            Position++;
            return value;
        }

        int after = Position + 1;
        while (after < _bytes.Length && _bytes[after] == JpegMarker.Prefix)
        {
            after++; // fill bytes may precede a marker
        }

        if (after >= _bytes.Length || _bytes[after] != 0)
        {
            return -1;
        }

        Position = after + 1;
        return JpegMarker.Prefix;
    }
}
