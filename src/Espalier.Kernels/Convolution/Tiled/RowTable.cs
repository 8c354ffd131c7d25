namespace Espalier.Kernels;

/// <summary>The row tiles of one vector width and kind of input.</summary>
internal static unsafe class RowTable<TLanes, TInput>
    where TLanes : unmanaged, ILanes<TLanes>
    where TInput : struct, IPixelInput<TLanes>
{
    /// <summary>The tiles; the one for n pixels is at index n − 1.</summary>
    private static readonly delegate*<TileArguments*, void>[] s_tiles =
    [
        &RowTile<TLanes, Constant.C1, TInput>.Run, &RowTile<TLanes, Constant.C2, TInput>.Run,
        &RowTile<TLanes, Constant.C3, TInput>.Run, &RowTile<TLanes, Constant.C4, TInput>.Run,
        &RowTile<TLanes, Constant.C5, TInput>.Run, &RowTile<TLanes, Constant.C6, TInput>.Run,
        &RowTile<TLanes, Constant.C7, TInput>.Run, &RowTile<TLanes, Constant.C8, TInput>.Run,
        &RowTile<TLanes, Constant.C9, TInput>.Run, &RowTile<TLanes, Constant.C10, TInput>.Run,
        &RowTile<TLanes, Constant.C11, TInput>.Run, &RowTile<TLanes, Constant.C12, TInput>.Run,
        &RowTile<TLanes, Constant.C13, TInput>.Run, &RowTile<TLanes, Constant.C14, TInput>.Run,
    ];

    /// <summary>The tiles of one vector for a problem: row tiles if they support it.</summary>
    internal static delegate*<TileArguments*, void>[] For(in ConvolutionProblem problem) => Fits(problem) ? s_tiles : TileTable<TLanes, TInput>.One;

    /// <summary>Whether row tiles can compute it.</summary>
    internal static bool Fits(in ConvolutionProblem problem) => problem is { Kernel.Width: 3, Stride.Width: 1, Dilation.Width: 1 };
}
