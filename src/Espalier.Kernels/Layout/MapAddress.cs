namespace Espalier.Kernels;

/// <summary>Addresses of the rows of a batch of maps, with the sums and products of a <see cref="BlockedLayout"/> computed once.</summary>
internal readonly struct MapAddress(BlockedLayout layout)
{
    private readonly nint _image = layout.Length;
    private readonly nint _block = layout.BlockStride;
    private readonly nint _row = layout.RowStride;
    private readonly nint _origin = layout.Origin;

    /// <summary>The offset, in floats, of the first pixel of a row.</summary>
    internal nint Of(MapRow row) => (row.Image * _image) + (row.Block * _block) + (row.Row * _row) + _origin;
}
