using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>How one image's feature map lies in memory: <c>[channels / lanes][border + height + border][border + width + border][lanes]</c>.</summary>
/// <remarks>
/// A block of <see cref="Lanes"/> channels of one pixel is one vector. The last block is padded with lanes that hold no channel; kernels
/// keep them finite and their weights zero. The border holds zeros wherever a convolution reads it, so that no kernel tests for edges;
/// whoever writes a map also clears its border (see <c>BorderKernel</c>), because arena memory is used again and again.
/// A vector of features is a map of 1x1 pixels: its memory is the plain vector, padded to whole blocks.
/// A batch is whole images one after the other.
/// </remarks>
/// <param name="Channels">Channels that hold numbers.</param>
/// <param name="Height">Rows, without the border.</param>
/// <param name="Width">Pixels of a row, without the border.</param>
/// <param name="Lanes">Channels of a block: the vector width of the kernels that will read it (16, 8 or 4 floats).</param>
/// <param name="Border">Pixels around the map.</param>
public readonly record struct BlockedLayout(int Channels, int Height, int Width, int Lanes, Padding Border = default)
{
    /// <summary>Blocks of channels, the last of which may be partly empty.</summary>
    public int Blocks => (Channels + Lanes - 1) / Lanes;

    /// <summary>Floats from one pixel to the one below.</summary>
    public int RowStride => (Border.Left + Width + Border.Right) * Lanes;

    /// <summary>Floats from one block of channels to the next.</summary>
    public int BlockStride => checked((Border.Top + Height + Border.Bottom) * RowStride);

    /// <summary>Where the map is a run of blocks of a larger one's: the larger one's blocks, so that images lie as far apart as there; otherwise 0.</summary>
    public int ImageBlocks { get; init; }

    /// <summary>Floats from one image to the next: those of an image, unless the map is a part of a larger one.</summary>
    public int Length => checked(Math.Max(Blocks, ImageBlocks) * BlockStride);

    /// <summary>Floats from the first number of a batch to its last.</summary>
    public int LengthOf(int batch) => checked(((batch - 1) * Length) + (Blocks * BlockStride));

    /// <summary>The offset, in floats, of the first pixel inside the border.</summary>
    public int Origin => (Border.Top * RowStride) + (Border.Left * Lanes);

    /// <summary>The offset, in floats, of channel <paramref name="channel"/> of pixel (<paramref name="row"/>, <paramref name="column"/>); both may lie in the border.</summary>
    public int Offset(int channel, int row, int column) =>
        ((channel / Lanes) * BlockStride) + Origin + (row * RowStride) + (column * Lanes) + (channel % Lanes);

    /// <summary>Channels and the lanes that pad their last block.</summary>
    public int PaddedChannels => Blocks * Lanes;

    /// <summary>Whether both hold maps of the same size in blocks of the same lanes, whatever their borders.</summary>
    public bool HasSameMap(in BlockedLayout other) => this with { Border = default, ImageBlocks = 0 } == other with { Border = default, ImageBlocks = 0 };

    /// <summary>Throws unless <paramref name="length"/> is that of <paramref name="batch"/> images.</summary>
    internal void ExpectBatch(int batch, int length, string name) => Expect.Length(length, LengthOf(batch), name);
}
