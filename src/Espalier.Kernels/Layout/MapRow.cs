namespace Espalier.Kernels;

/// <summary>One row of one block of channels of one image of a batch: the unit by which work on maps is divided.</summary>
/// <param name="Image">The image.</param>
/// <param name="Block">The block of channels.</param>
/// <param name="Row">The row, without the border.</param>
internal readonly record struct MapRow(int Image, int Block, int Row)
{
    /// <summary>The rows of a batch in memory order.</summary>
    internal static int Count(BlockedLayout layout, int batch) => checked(batch * layout.Blocks * layout.Height);

    /// <summary>The row with the given index.</summary>
    internal static MapRow At(int index, BlockedLayout layout)
    {
        int plane = index / layout.Height;
        return new MapRow(plane / layout.Blocks, plane % layout.Blocks, index % layout.Height);
    }

    /// <summary>The row behind this one.</summary>
    internal MapRow Next(BlockedLayout layout)
    {
        if (Row + 1 < layout.Height)
        {
            return this with { Row = Row + 1 };
        }

        return Block + 1 < layout.Blocks ? new MapRow(Image, Block + 1, 0) : new MapRow(Image + 1, 0, 0);
    }
}
