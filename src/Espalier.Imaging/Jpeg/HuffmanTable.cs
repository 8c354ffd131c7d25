namespace Espalier.Imaging;

/// <summary>
/// A Huffman code (ITU-T T.81, annex C) prepared for decoding: short codes by one look-up, which also decodes small coefficients,
/// and long ones by comparison with each length's limit.
/// </summary>
internal sealed class HuffmanTable
{
    /// <summary>Codes up to this length, nearly all in practice, are decoded by one look-up.</summary>
    public const int LookupBits = 10;

    /// <summary>Length of the longest possible code, in bits.</summary>
    public const int MaxBits = 16;

    private readonly byte[] _symbols;
    private readonly ushort[] _lookup = new ushort[1 << LookupBits];
    private readonly short[] _coefficients = new short[1 << LookupBits];
    private readonly int[] _limit = new int[MaxBits + 2];
    private readonly int[] _firstSymbol = new int[MaxBits + 1];

    private HuffmanTable(byte[] symbols) => _symbols = symbols;

    /// <summary>A table without codes.</summary>
    public static HuffmanTable Empty { get; } = new([]);

    public bool IsEmpty => _symbols.Length == 0;

    /// <summary>The largest symbol, 0 for an empty table.</summary>
    public int MaxSymbol => _symbols.Length == 0 ? 0 : _symbols.Max();

    /// <summary>The value that a coefficient's bits encode (T.81, F.2.2.1); a leading 0 bit marks a negative one.</summary>
    public static int Extend(int bits, int size) => bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;

    /// <summary>Builds the table, or returns <see langword="null"/> when there are more codes of some length than that many bits allow.</summary>
    /// <param name="counts">How many codes there are of each length 1 to 16.</param>
    /// <param name="symbols">The symbols, those of the shortest codes first.</param>
    public static HuffmanTable? Create(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        var table = new HuffmanTable(symbols.ToArray());
        int code = 0, symbol = 0;
        for (int length = 1; length <= MaxBits; length++, code <<= 1)
        {
            table._firstSymbol[length] = symbol - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, symbol++)
            {
                if (code >= 1 << length)
                {
                    return null;
                }

                table.AddToLookup(code, length, symbols[symbol]);
            }

            table._limit[length] = code << (MaxBits - length);
        }

        table._limit[MaxBits + 1] = int.MaxValue; // ends the search for the length
        table.FindCoefficients();
        return table;
    }

    /// <summary>Length (high byte) and symbol (low byte) of the code that begins with these <see cref="LookupBits"/> bits; 0 when it is longer.</summary>
    public int Lookup(int bits) => _lookup[bits];

    /// <summary>
    /// The AC coefficient whose code and magnitude both lie in these bits, 0 where they do not or there is none:
    /// its value (high byte), the zeros before it (next four bits) and the length of both (low four bits).
    /// </summary>
    public int Coefficient(int bits) => _coefficients[bits];

    /// <summary>Length (high byte) and symbol (low byte) of the long code that begins these 16 bits; 0 when there is none.</summary>
    public int Search(int bits)
    {
        int length = LookupBits + 1;
        while (bits >= _limit[length])
        {
            length++;
        }

        return length > MaxBits ? 0 : (length << 8) | _symbols[(bits >> (MaxBits - length)) + _firstSymbol[length]];
    }

    private void FindCoefficients()
    {
        for (int bits = 0; bits < _coefficients.Length; bits++)
        {
            int length = _lookup[bits] >> 8, run = (_lookup[bits] >> 4) & 15, size = _lookup[bits] & 15;
            int left = LookupBits - length - size;
            if (length > 0 && size > 0 && left >= 0)
            {
                int value = Extend((bits >> left) & ((1 << size) - 1), size);
                _coefficients[bits] = value is >= sbyte.MinValue and <= sbyte.MaxValue ? (short)((value << 8) | (run << 4) | (length + size)) : (short)0;
            }
        }
    }

    private void AddToLookup(int code, int length, byte symbol)
    {
        if (length <= LookupBits)
        {
            _lookup.AsSpan(code << (LookupBits - length), 1 << (LookupBits - length)).Fill((ushort)((length << 8) | symbol));
        }
    }
}
