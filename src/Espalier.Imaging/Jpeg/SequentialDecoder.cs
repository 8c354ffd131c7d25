namespace Espalier.Imaging;

/// <summary>Baseline and extended sequential scans (ITU-T T.81, F.2.2): a block's coefficients come all at once and are transformed at once.</summary>
internal sealed class SequentialDecoder(EncodedImage input) : IBlockDecoder
{
    private const int SixteenZeros = 15; // the run length of symbol 0xF0, which is followed by no coefficient

    private readonly short[] _block = new short[JpegComponent.BlockSize];

    public void Decode(ref EntropyReader reader, JpegComponent component, int row, int column)
    {
        Span<short> block = _block;
        block.Clear();
        component.Prediction += reader.ReadSigned(reader.Decode(component.Dc));
        block[0] = (short)component.Prediction;
        ReadOnlySpan<byte> order = ZigZag.Order;
        HuffmanTable table = component.Ac;
        for (int k = 1; k < JpegComponent.BlockSize; k++)
        {
            int coefficient = reader.DecodeCoefficient(table);
            int run = (coefficient >> 4) & 15, value = coefficient >> 8;
            if (coefficient == 0)
            {
                int symbol = reader.Decode(table);
                int size = symbol & 15;
                run = symbol >> 4;
                if (size == 0 && run != SixteenZeros)
                {
                    break;
                }

                value = reader.ReadSigned(size);
            }

            k += run;
            if (k >= JpegComponent.BlockSize)
            {
                input.Fail(reader.Position, "a block has more than 64 coefficients");
            }

            block[order[k]] = (short)value;
        }

        component.WriteSamples(block, row, column);
    }

    public void Restart()
    {
        // Only predictions carry over between blocks.
    }
}
