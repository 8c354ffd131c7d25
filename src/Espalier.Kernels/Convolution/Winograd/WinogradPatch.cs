using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>The pixels of one tile, for one block of channels, and their transforms.</summary>
internal static unsafe class WinogradPatch<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>Bᵀ d B of the input pixels d of a tile.</summary>
    /// <param name="source">The first pixel.</param>
    /// <param name="rowStride">Floats from one row of the map to the next.</param>
    /// <param name="rows">Rows that exist; those below are zeros.</param>
    /// <param name="columns">Columns that exist.</param>
    /// <param name="working">Memory for two transforms.</param>
    /// <param name="target">Receives a vector for each frequency.</param>
    /// <param name="frequency">Floats from one frequency to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Transform<TTransform>(float* source, nint rowStride, int rows, int columns, float* working, float* target, nint frequency)
        where TTransform : struct, IWinogradTransform<TLanes>
    {
        int side = TTransform.Outputs + 2;
        if (rows < side || columns < side)
        {
            float* patch = working + (side * side * TLanes.Count);
            Copy(source, rowStride, rows, columns, side, patch);
            source = patch;
            rowStride = side * TLanes.Count;
        }

        for (int column = 0; column < side; column++)
        {
            TTransform.InputLine(source + (column * TLanes.Count), rowStride, working + (column * TLanes.Count), side * TLanes.Count);
        }

        for (int row = 0; row < side; row++)
        {
            TTransform.InputLine(working + (row * side * TLanes.Count), TLanes.Count, target + (row * side * frequency), frequency);
        }
    }

    /// <summary>A y Aᵀ of the output gradient y of a tile of F(4x4, 3x3); parameters as of <see cref="Transform"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void TransformGradient(float* source, nint rowStride, int rows, int columns, float* working, float* target, nint frequency)
    {
        int side = WinogradTransform4<TLanes>.Outputs;
        if (rows < side || columns < side)
        {
            float* patch = working + ((side + 2) * side * TLanes.Count);
            Copy(source, rowStride, rows, columns, side, patch);
            source = patch;
            rowStride = side * TLanes.Count;
        }

        for (int column = 0; column < side; column++)
        {
            WinogradTransform4<TLanes>.GradientLine(source + (column * TLanes.Count), rowStride, working + (column * TLanes.Count), side * TLanes.Count);
        }

        for (int row = 0; row < side + 2; row++)
        {
            WinogradTransform4<TLanes>.GradientLine(working + (row * side * TLanes.Count), TLanes.Count, target + (row * (side + 2) * frequency), frequency);
        }
    }

    /// <summary>Gᵀ m G of the sums m of a filter's products, of F(4x4, 3x3): its 9 weights.</summary>
    /// <param name="source">A vector for each frequency.</param>
    /// <param name="frequency">Floats from one frequency to the next.</param>
    /// <param name="working">Memory for one transform.</param>
    /// <param name="target">Receives a vector for each kernel position.</param>
    /// <param name="position">Floats from one kernel position to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void TransformFilterGradient(float* source, nint frequency, float* working, float* target, nint position)
    {
        const int Kernel = 3;
        int side = WinogradTransform4<TLanes>.Outputs + 2;
        for (int column = 0; column < side; column++)
        {
            WinogradTransform4<TLanes>.FilterGradientLine(source + (column * frequency), side * frequency, working + (column * TLanes.Count), side * TLanes.Count);
        }

        for (int row = 0; row < Kernel; row++)
        {
            WinogradTransform4<TLanes>.FilterGradientLine(working + (row * side * TLanes.Count), TLanes.Count, target + (row * Kernel * position), position);
        }
    }

    /// <summary>Copies the part of a square of pixels that lies in the map, with zeros beyond its edge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(float* source, nint rowStride, int rows, int columns, int side, float* patch)
    {
        for (int row = 0; row < side; row++, source += rowStride)
        {
            int copied = row < rows ? columns : 0;
            for (int column = 0; column < copied; column++, patch += TLanes.Count)
            {
                TLanes.Store(patch, TLanes.Load(source + (column * TLanes.Count)));
            }

            for (int column = copied; column < side; column++, patch += TLanes.Count)
            {
                TLanes.Store(patch, TLanes.Zero);
            }
        }
    }
}
