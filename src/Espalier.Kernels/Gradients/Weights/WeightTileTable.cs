namespace Espalier.Kernels;

/// <summary>The tiles of weight gradients of one vector width and kind of input.</summary>
internal static unsafe class WeightTileTable<TLanes, TInput>
    where TLanes : unmanaged, ILanes<TLanes>
    where TInput : struct, IPixelInput<TLanes>
{
    /// <summary>The tiles of one vector; the one for n rows is at index n − 1.</summary>
    internal static readonly delegate*<WeightTileArguments*, void>[] One = Tiles<Constant.C1>();

    /// <summary>The tiles of two vectors; the one for n rows is at index n − 1.</summary>
    internal static readonly delegate*<WeightTileArguments*, void>[] Two = Tiles<Constant.C2>();

    private static delegate*<WeightTileArguments*, void>[] Tiles<TVectors>() where TVectors : struct, IConstant =>
    [
        &WeightTile<TLanes, Constant.C1, TVectors, TInput>.Run, &WeightTile<TLanes, Constant.C2, TVectors, TInput>.Run,
        &WeightTile<TLanes, Constant.C3, TVectors, TInput>.Run, &WeightTile<TLanes, Constant.C4, TVectors, TInput>.Run,
        &WeightTile<TLanes, Constant.C5, TVectors, TInput>.Run, &WeightTile<TLanes, Constant.C6, TVectors, TInput>.Run,
        &WeightTile<TLanes, Constant.C7, TVectors, TInput>.Run, &WeightTile<TLanes, Constant.C8, TVectors, TInput>.Run,
        &WeightTile<TLanes, Constant.C9, TVectors, TInput>.Run, &WeightTile<TLanes, Constant.C10, TVectors, TInput>.Run,
        &WeightTile<TLanes, Constant.C11, TVectors, TInput>.Run, &WeightTile<TLanes, Constant.C12, TVectors, TInput>.Run,
        &WeightTile<TLanes, Constant.C13, TVectors, TInput>.Run, &WeightTile<TLanes, Constant.C14, TVectors, TInput>.Run,
    ];
}
