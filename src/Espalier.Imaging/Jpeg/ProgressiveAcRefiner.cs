namespace Espalier.Imaging;

/// <summary>
/// Later progressive scans of a band of AC coefficients (ITU-T T.81, G.1.2.3): each nonzero coefficient gets one correction bit,
/// and the codes in between say which zeros become nonzero.
/// </summary>
internal sealed class ProgressiveAcRefiner(EncodedImage input, JpegScan scan) : IBlockDecoder
{
    private const int SixteenZeros = 15;

    private int _blocksWithoutNew;

    public void Decode(ref EntropyReader reader, JpegComponent component, int row, int column)
    {
        Span<short> block = component.Block(row, column);
        int k = scan.FirstCoefficient;
        while (_blocksWithoutNew == 0 && k <= scan.LastCoefficient)
        {
            int symbol = reader.Decode(component.Ac);
            int run = symbol >> 4, size = symbol & 15;
            if (size > 1)
            {
                input.Fail(reader.Position, $"a coefficient of a refinement scan has {size} bits instead of 1");
            }

            if (size == 0 && run != SixteenZeros)
            {
                _blocksWithoutNew = (1 << run) + (run == 0 ? 0 : reader.ReadBits(run));
                break;
            }

            int value = size == 0 ? 0 : reader.ReadBits(1) == 1 ? 1 << scan.Shift : -1 << scan.Shift;
            k = Refine(ref reader, block, k, run);
            if (value != 0)
            {
                if (k > scan.LastCoefficient)
                {
                    input.Fail(reader.Position, "a block has more coefficients than its scan's band");
                }

                block[ZigZag.Order[k]] = (short)value;
            }

            k++;
        }

        if (_blocksWithoutNew > 0)
        {
            Refine(ref reader, block, k, int.MaxValue);
            _blocksWithoutNew--;
        }
    }

    public void Restart() => _blocksWithoutNew = 0;

    /// <summary>Corrects nonzero coefficients from <paramref name="k"/> on, over <paramref name="zeros"/> zero ones; returns where the next zero one is.</summary>
    private int Refine(ref EntropyReader reader, Span<short> block, int k, int zeros)
    {
        int bit = 1 << scan.Shift;
        for (; k <= scan.LastCoefficient; k++)
        {
            ref short coefficient = ref block[ZigZag.Order[k]];
            if (coefficient == 0)
            {
                if (zeros-- == 0)
                {
                    break;
                }
            }
            else if (reader.ReadBits(1) == 1 && (coefficient & bit) == 0)
            {
                coefficient += (short)(coefficient > 0 ? bit : -bit);
            }
        }

        return k;
    }
}
