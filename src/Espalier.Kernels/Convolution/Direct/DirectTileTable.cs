using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>The register tiles of one vector width.</summary>
internal static unsafe class DirectTileTable<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    private static readonly delegate*<TileArguments*, void>[] One = Tiles<Constant.C1>();
    private static readonly delegate*<TileArguments*, void>[] Two = Tiles<Constant.C2>();

    /// <summary>
    /// Pixels of the widest tile whose sums stay in registers: 14 x 2 of 32 vector registers (AVX-512, Arm), 6 x 2 of 16 (AVX2 and older).
    /// </summary>
    internal static int MaximumWidth { get; } =
        TLanes.Count == Lanes512.Count || RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 14 : 6;

    /// <summary>The tiles of 1 or 2 vectors; that of n pixels is at n − 1.</summary>
    internal static delegate*<TileArguments*, void>[] OfVectors(int vectors) => vectors == 1 ? One : Two;

    private static delegate*<TileArguments*, void>[] Tiles<TVectors>() where TVectors : struct, IConstant =>
    [
        &DirectTile<TLanes, Constant.C1, TVectors>.Run, &DirectTile<TLanes, Constant.C2, TVectors>.Run,
        &DirectTile<TLanes, Constant.C3, TVectors>.Run, &DirectTile<TLanes, Constant.C4, TVectors>.Run,
        &DirectTile<TLanes, Constant.C5, TVectors>.Run, &DirectTile<TLanes, Constant.C6, TVectors>.Run,
        &DirectTile<TLanes, Constant.C7, TVectors>.Run, &DirectTile<TLanes, Constant.C8, TVectors>.Run,
        &DirectTile<TLanes, Constant.C9, TVectors>.Run, &DirectTile<TLanes, Constant.C10, TVectors>.Run,
        &DirectTile<TLanes, Constant.C11, TVectors>.Run, &DirectTile<TLanes, Constant.C12, TVectors>.Run,
        &DirectTile<TLanes, Constant.C13, TVectors>.Run, &DirectTile<TLanes, Constant.C14, TVectors>.Run,
    ];
}
