namespace Espalier.Imaging;

/// <summary>Decodes what one kind of scan holds of a block.</summary>
internal interface IBlockDecoder
{
    /// <summary>Decodes the next block, which lies at this row and column of the component's blocks.</summary>
    void Decode(ref EntropyReader reader, JpegComponent component, int row, int column);

    /// <summary>Forgets what carries over from block to block, as a restart marker demands. Predictions are the walker's.</summary>
    void Restart();
}
