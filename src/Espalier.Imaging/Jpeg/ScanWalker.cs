namespace Espalier.Imaging;

/// <summary>Visits the blocks of a scan in coding order and handles restart markers.</summary>
internal static class ScanWalker
{
    /// <summary>Decodes a scan whose data begins at <paramref name="position"/>; returns an offset at or before the marker that follows it.</summary>
    public static int Walk(EncodedImage input, int position, JpegFrame frame, JpegScan scan, int restartInterval, IBlockDecoder decoder)
    {
        var reader = new EntropyReader(input, position);
        JpegComponent first = scan.Components[0];
        // A component alone in its scan has no padding blocks: its MCU is one block (T.81, A.2.2).
        bool isAlone = scan.Components.Length == 1;
        int wide = isAlone ? first.BlocksWide : frame.McusWide;
        int high = isAlone ? first.BlocksHigh : frame.McusHigh;
        int untilRestart = restartInterval, restarts = 0;
        for (int row = 0; row < high; row++)
        {
            for (int column = 0; column < wide; column++)
            {
                if (restartInterval != 0 && untilRestart-- == 0)
                {
                    reader.ReadRestart(restarts++ & 7);
                    Restart(scan, decoder);
                    untilRestart = restartInterval - 1;
                }

                if (isAlone)
                {
                    decoder.Decode(ref reader, first, row, column);
                }
                else
                {
                    DecodeMcu(ref reader, scan, decoder, row, column);
                }

                if (reader.IsOverrun)
                {
                    input.Fail(reader.Position, "the scan's data ends early");
                }
            }
        }

        return reader.Position;
    }

    private static void DecodeMcu(ref EntropyReader reader, JpegScan scan, IBlockDecoder decoder, int row, int column)
    {
        foreach (JpegComponent component in scan.Components)
        {
            for (int y = 0; y < component.Vertical; y++)
            {
                for (int x = 0; x < component.Horizontal; x++)
                {
                    decoder.Decode(ref reader, component, (row * component.Vertical) + y, (column * component.Horizontal) + x);
                }
            }
        }
    }

    private static void Restart(JpegScan scan, IBlockDecoder decoder)
    {
        decoder.Restart();
        foreach (JpegComponent component in scan.Components)
        {
            component.Prediction = 0;
        }
    }
}
