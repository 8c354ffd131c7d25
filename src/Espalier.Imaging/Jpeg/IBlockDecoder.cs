namespace Espalier.Imaging;

/// <summary>Decodes the blocks of one kind of scan.</summary>
internal interface IBlockDecoder
{
    /// <summary>Decodes the next block, at this row and column of the component's blocks.</summary>
    void Decode(ref EntropyReader reader, JpegComponent component, int row, int column);

    /// <summary>Resets the state carried from block to block, as a restart marker requires. DC predictions are reset by <see cref="ScanWalker"/>.</summary>
    void Restart();
}
