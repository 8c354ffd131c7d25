namespace Espalier.Imaging;

/// <summary>The tables at some point of a file: quantization, Huffman, restart interval (ITU-T T.81, B.2.4).</summary>
internal sealed class JpegTables
{
    private readonly int[]?[] _quantization = new int[4][];
    private readonly HuffmanTable[] _dc = [HuffmanTable.Empty, HuffmanTable.Empty, HuffmanTable.Empty, HuffmanTable.Empty];
    private readonly HuffmanTable[] _ac = [HuffmanTable.Empty, HuffmanTable.Empty, HuffmanTable.Empty, HuffmanTable.Empty];

    /// <summary>MCUs between two restart markers; 0 for no restart markers.</summary>
    public int RestartInterval { get; private set; }

    public int[]? Quantization(int index) => _quantization[index];

    public HuffmanTable Dc(int index) => _dc[index];

    public HuffmanTable Ac(int index) => _ac[index];

    public void ReadQuantization(EncodedImage input, int offset, int length)
    {
        int end = offset + length;
        while (offset < end)
        {
            int index = input.Byte(offset) & 15, size = (input.Byte(offset) >> 4) + 1;
            if (index > 3 || size > 2 || offset + 1 + (JpegComponent.BlockSize * size) > end)
            {
                input.Fail(offset, "a quantization table has an index above 3, a precision above 16 bits or too few bytes");
            }

            int[] table = new int[JpegComponent.BlockSize];
            for (int i = 0; i < table.Length; i++)
            {
                table[ZigZag.Order[i]] = size == 1 ? input.Byte(offset + 1 + i) : input.UInt16(offset + 1 + (2 * i));
            }

            _quantization[index] = table;
            offset += 1 + (JpegComponent.BlockSize * size);
        }
    }

    public void ReadHuffman(EncodedImage input, int offset, int length)
    {
        int end = offset + length;
        while (offset < end)
        {
            int kind = input.Byte(offset) >> 4, index = input.Byte(offset) & 15;
            if (kind > 1 || index > 3 || offset + 1 + HuffmanTable.MaxBits > end)
            {
                input.Fail(offset, "a Huffman table has an index above 3, an unknown class or too few bytes");
            }

            ReadOnlySpan<byte> counts = input.Bytes.Slice(offset + 1, HuffmanTable.MaxBits);
            int symbols = 0;
            foreach (byte count in counts)
            {
                symbols += count;
            }

            if (symbols > 256 || offset + 1 + HuffmanTable.MaxBits + symbols > end)
            {
                input.Fail(offset, $"a Huffman table lists {symbols} codes, more than there are symbols or than its segment contains");
            }

            HuffmanTable? table = HuffmanTable.Create(counts, input.Bytes.Slice(offset + 1 + HuffmanTable.MaxBits, symbols));
            if (table is null)
            {
                input.Fail(offset, "a Huffman table has more codes of one length than that many bits allow");
            }

            (kind == 0 ? _dc : _ac)[index] = table!;
            offset += 1 + HuffmanTable.MaxBits + symbols;
        }
    }

    public void ReadRestartInterval(EncodedImage input, int offset, int length)
    {
        if (length != 2)
        {
            input.Fail(offset, $"the restart interval segment has {length} bytes instead of 2");
        }

        RestartInterval = input.UInt16(offset);
    }
}
