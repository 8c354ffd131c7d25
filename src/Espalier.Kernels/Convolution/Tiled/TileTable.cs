namespace Espalier.Kernels;

/// <summary>The register tiles of one vector width and kind of input.</summary>
internal static unsafe class TileTable<TLanes, TInput>
    where TLanes : unmanaged, ILanes<TLanes>
    where TInput : struct, IPixelInput<TLanes>
{
    /// <summary>The tiles of one vector; the one for n pixels is at index n − 1.</summary>
    internal static readonly delegate*<TileArguments*, void>[] One = Tiles<Constant.C1>();

    /// <summary>The tiles of two vectors; the one for n pixels is at index n − 1.</summary>
    internal static readonly delegate*<TileArguments*, void>[] Two = Tiles<Constant.C2>();

    private static delegate*<TileArguments*, void>[] Tiles<TVectors>() where TVectors : unmanaged, IConstant =>
    [
        &RegisterTile<TLanes, Constant.C1, TVectors, TInput>.Run, &RegisterTile<TLanes, Constant.C2, TVectors, TInput>.Run,
        &RegisterTile<TLanes, Constant.C3, TVectors, TInput>.Run, &RegisterTile<TLanes, Constant.C4, TVectors, TInput>.Run,
        &RegisterTile<TLanes, Constant.C5, TVectors, TInput>.Run, &RegisterTile<TLanes, Constant.C6, TVectors, TInput>.Run,
        &RegisterTile<TLanes, Constant.C7, TVectors, TInput>.Run, &RegisterTile<TLanes, Constant.C8, TVectors, TInput>.Run,
        &RegisterTile<TLanes, Constant.C9, TVectors, TInput>.Run, &RegisterTile<TLanes, Constant.C10, TVectors, TInput>.Run,
        &RegisterTile<TLanes, Constant.C11, TVectors, TInput>.Run, &RegisterTile<TLanes, Constant.C12, TVectors, TInput>.Run,
        &RegisterTile<TLanes, Constant.C13, TVectors, TInput>.Run, &RegisterTile<TLanes, Constant.C14, TVectors, TInput>.Run,
    ];
}
