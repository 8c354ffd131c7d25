using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The memory layout of one image's feature map: <c>[channels / lanes][border + height + border][border + width + border][lanes]</c>.</summary>
/// <remarks>
/// A block of <see cref="Lanes"/> channels of one pixel is one vector. The last block is padded with lanes without a channel; kernels
/// keep them finite and their weights zero. The border contains zeros wherever a convolution reads it, so that kernels need no edge tests;
/// whatever writes a map also clears its border (see <c>BorderKernel</c>), because arena memory is reused.
/// A vector of features is a map of 1x1 pixels: its memory is the plain vector, padded to whole blocks.
/// A batch is a sequence of whole images.
/// Maps of 8-bit numbers have the same layout in bytes, in blocks of 16 channels whatever the vector width; their border holds the zero point.
/// </remarks>
/// <param name="Channels">Number of channels, without padding.</param>
/// <param name="Height">Height in pixels, without the border.</param>
/// <param name="Width">Width in pixels, without the border.</param>
/// <param name="Lanes">Channels per block: the vector width of the kernels that read it (16, 8 or 4 floats).</param>
/// <param name="Border">Border around the map, in pixels.</param>
internal readonly record struct BlockedLayout(int Channels, int Height, int Width, int Lanes, Padding Border = default)
{
    /// <summary>Number of blocks of channels; the last may be partly empty.</summary>
    public int Blocks => (Channels + Lanes - 1) / Lanes;

    /// <summary>Distance between rows, in floats.</summary>
    public int RowStride => (Border.Left + Width + Border.Right) * Lanes;

    /// <summary>Distance between blocks of channels, in floats.</summary>
    public int BlockStride => checked((Border.Top + Height + Border.Bottom) * RowStride);

    /// <summary>If the map is a range of blocks of a larger one, the number of blocks of the larger one, which gives the distance between images; otherwise 0.</summary>
    public int ImageBlocks { get; init; }

    /// <summary>Distance between images in floats: the length of an image, unless the map is a part of a larger one.</summary>
    public int Length => checked(Math.Max(Blocks, ImageBlocks) * BlockStride);

    /// <summary>Floats from the first element of a batch to its last.</summary>
    public int LengthOf(int batch) => checked(((batch - 1) * Length) + (Blocks * BlockStride));

    /// <summary>The offset, in floats, of the first pixel inside the border.</summary>
    public int Origin => (Border.Top * RowStride) + (Border.Left * Lanes);

    /// <summary>The offset, in floats, of channel <paramref name="channel"/> of pixel (<paramref name="row"/>, <paramref name="column"/>); both may lie in the border.</summary>
    public int Offset(int channel, int row, int column) =>
        ((channel / Lanes) * BlockStride) + Origin + (row * RowStride) + (column * Lanes) + (channel % Lanes);

    /// <summary>Number of channels rounded up to whole blocks.</summary>
    public int PaddedChannels => Blocks * Lanes;

    /// <summary>Whether both have the same channels, height, width and lanes, regardless of borders.</summary>
    public bool HasSameMap(in BlockedLayout other) => this with { Border = default, ImageBlocks = 0 } == other with { Border = default, ImageBlocks = 0 };

    /// <summary>Throws unless <paramref name="length"/> is the length of <paramref name="batch"/> images.</summary>
    internal void ExpectBatch(int batch, int length, string name) => Expect.Length(length, LengthOf(batch), name);
}
