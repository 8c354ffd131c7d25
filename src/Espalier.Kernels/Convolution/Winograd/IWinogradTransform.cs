namespace Espalier.Kernels;

/// <summary>The transforms of one minimal filtering algorithm F(m, 3) (Winograd 1980; Lavin and Gray 2016), applied to rows and then to columns.</summary>
/// <remarks>All pointers are to vectors of channels: every lane is a separate convolution. Strides are in floats.</remarks>
internal unsafe interface IWinogradTransform<TLanes> where TLanes : unmanaged, ILanes<TLanes>
{
    /// <summary>Output pixels per side of a tile, m. A tile reads m + 2 pixels per side.</summary>
    static abstract int Outputs { get; }

    /// <summary>G: (m + 2) x 3.</summary>
    static abstract ReadOnlySpan<double> FilterMatrix { get; }

    /// <summary>Bᵀ times m + 2 vectors.</summary>
    static abstract void InputLine(float* source, nint sourceStride, float* target, nint targetStride);

    /// <summary>Aᵀ times m + 2 vectors.</summary>
    static abstract void OutputLine<TSink>(float* source, nint sourceStride, TSink sink) where TSink : struct, IWinogradSink<TLanes>;
}
