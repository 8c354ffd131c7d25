using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>A batch of maps as planes of one block of channels, with the strides of a <see cref="BlockedLayout"/> computed once.</summary>
internal readonly unsafe struct BatchNormPlanes
{
    private readonly float* _first;
    private readonly nint _image;
    private readonly nint _block;

    /// <param name="map">The batch; <see langword="null"/> if there is none.</param>
    /// <param name="layout">The layout.</param>
    internal BatchNormPlanes(float* map, BlockedLayout layout)
    {
        _first = map == null ? null : map + layout.Origin;
        (_image, _block, Row) = (layout.Length, layout.BlockStride, layout.RowStride);
    }

    /// <summary>Floats from one line to the next.</summary>
    internal nint Row { get; }

    /// <summary>Whether there is none.</summary>
    internal bool IsMissing => _first == null;

    /// <summary>The first pixel of a plane; <see langword="null"/> if there is no map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal float* At(int image, int block) => _first == null ? null : _first + (image * _image) + (block * _block);
}
