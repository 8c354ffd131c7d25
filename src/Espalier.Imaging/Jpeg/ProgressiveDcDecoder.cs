namespace Espalier.Imaging;

/// <summary>Progressive scans of DC coefficients (ITU-T T.81, G.1.2.1): the first as in a sequential scan, each later one adds one bit.</summary>
internal sealed class ProgressiveDcDecoder(JpegScan scan) : IBlockDecoder
{
    public void Decode(ref EntropyReader reader, JpegComponent component, int row, int column)
    {
        ref short coefficient = ref component.Block(row, column)[0];
        if (scan.PreviousShift == 0)
        {
            component.Prediction += reader.ReadSigned(reader.Decode(component.Dc));
            coefficient = (short)(component.Prediction << scan.Shift);
        }
        else
        {
            coefficient |= (short)(reader.ReadBits(1) << scan.Shift);
        }
    }

    public void Restart()
    {
        // Only predictions carry over between blocks.
    }
}
