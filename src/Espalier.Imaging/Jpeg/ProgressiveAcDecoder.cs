namespace Espalier.Imaging;

/// <summary>The first progressive scan of a band of AC coefficients (ITU-T T.81, G.1.2.2); one end-of-band code can stand for thousands of blocks.</summary>
internal sealed class ProgressiveAcDecoder(EncodedImage input, JpegScan scan) : IBlockDecoder
{
    private const int SixteenZeros = 15;

    private int _emptyBlocks;

    public void Decode(ref EntropyReader reader, JpegComponent component, int row, int column)
    {
        if (_emptyBlocks > 0)
        {
            _emptyBlocks--;
            return;
        }

        Span<short> block = component.Block(row, column);
        for (int k = scan.FirstCoefficient; k <= scan.LastCoefficient; k++)
        {
            int symbol = reader.Decode(component.Ac);
            int run = symbol >> 4, size = symbol & 15;
            if (size != 0)
            {
                k += run;
                if (k > scan.LastCoefficient)
                {
                    input.Fail(reader.Position, "a block has more coefficients than its scan's band");
                }

                block[ZigZag.Order[k]] = (short)(reader.ReadSigned(size) << scan.Shift);
            }
            else if (run == SixteenZeros)
            {
                k += run;
            }
            else
            {
                _emptyBlocks = (1 << run) - 1 + (run == 0 ? 0 : reader.ReadBits(run));
                return;
            }
        }
    }

    public void Restart() => _emptyBlocks = 0;
}
