using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>The operands of one tile's sums. Emitted code reads the fields by their offsets; vectors are aligned if the whole is.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct SumArguments
{
    internal const int InputOfTile = 4; // of the fields of a MapTile, each before that of its second run
    internal const int OutputOfTile = 12;
    internal const int ResidualOfTile = 20;
    internal const int InputOffset = 0;
    internal const int TileOffset = 8;
    internal const int TilesOffset = 16;
    internal const int WeightsOffset = 24;
    internal const int BiasOffset = 32;
    internal const int SumsOffset = 40;
    internal const int FullBlocksOffset = 48;
    internal const int KernelHeightOffset = 56;
    internal const int TapRowStrideOffset = 64;
    internal const int BlockStepOffset = 72;
    internal const int OutputOffset = 80;
    internal const int OutputBlockStrideOffset = 88;
    internal const int ResidualOffset = 96;
    internal const int ResidualBlockStrideOffset = 104;
    internal const int LowOffset = 112;
    internal const int HighOffset = 116;
    internal const int ResidualMultiplierOffset = 120;
    internal const int ResidualZeroPointOffset = 124;
    internal const int MultipliersOffset = 128;
    internal const int ZeroPointsOffset = 256;
    internal const int TranspositionOffset = 320;
    internal const int EvenBytesOffset = 336;
    internal const int OwnLowOffset = 340;
    internal const int OwnHighOffset = 344;
    internal const int OwnMultiplierOffset = 348;
    internal const int SavedOffset = 352;
    private const int SavedBytes = 160;
    private const int OffsetsOffset = SavedOffset + SavedBytes;
    private const int StepsOffset = OffsetsOffset + 8;

    /// <summary>The panel's first block of channels of the input.</summary>
    [FieldOffset(InputOffset)] internal byte* Input;

    /// <summary>The tile, with offsets from <see cref="Input"/>, <see cref="Output"/> and <see cref="Residual"/>.</summary>
    [FieldOffset(TileOffset)] internal MapTile* Tile;

    /// <summary>Number of tiles, all of one width.</summary>
    [FieldOffset(TilesOffset)] internal nint Tiles;

    /// <summary>Weights of the panel: [block][kernel row][kernel column] and then, or altogether, as <see cref="SumPattern"/> says.</summary>
    [FieldOffset(WeightsOffset)] internal sbyte* Weights;

    /// <summary>The sums' first summands, for each output.</summary>
    [FieldOffset(BiasOffset)] internal int* Bias;

    /// <summary>The sums: [pixel][vector][16].</summary>
    [FieldOffset(SumsOffset)] internal int* Sums;

    /// <summary>Blocks of input channels with all of their quads.</summary>
    [FieldOffset(FullBlocksOffset)] internal nint FullBlocks;

    /// <summary>Rows of the kernel.</summary>
    [FieldOffset(KernelHeightOffset)] internal nint KernelHeight;

    /// <summary>Bytes from one row of the kernel to the next.</summary>
    [FieldOffset(TapRowStrideOffset)] internal nint TapRowStride;

    /// <summary>Bytes from behind the last row of the kernel to the first row in the next block of channels.</summary>
    [FieldOffset(BlockStepOffset)] internal nint BlockStep;

    /// <summary>The panel's first block of channels of the output.</summary>
    [FieldOffset(OutputOffset)] internal byte* Output;

    /// <summary>Bytes from one block of channels to the next.</summary>
    [FieldOffset(OutputBlockStrideOffset)] internal nint OutputBlockStride;

    /// <summary>The panel's first block of channels of the residual.</summary>
    [FieldOffset(ResidualOffset)] internal byte* Residual;

    /// <summary>Bytes from one block of channels to the next.</summary>
    [FieldOffset(ResidualBlockStrideOffset)] internal nint ResidualBlockStride;

    /// <summary>The least value before the zero point is added.</summary>
    [FieldOffset(LowOffset)] internal float Low;

    /// <summary>The greatest value before the zero point is added.</summary>
    [FieldOffset(HighOffset)] internal float High;

    /// <summary>Multiplier of the residual.</summary>
    [FieldOffset(ResidualMultiplierOffset)] internal float ResidualMultiplier;

    /// <summary>Zero point of the residual.</summary>
    [FieldOffset(ResidualZeroPointOffset)] internal float ResidualZeroPoint;

    /// <summary>The multiplier of each output channel.</summary>
    [FieldOffset(MultipliersOffset)] internal fixed float Multipliers[2 * SumShape.Outputs];

    /// <summary>The zero point of the output, as often as a vector has room for it.</summary>
    [FieldOffset(ZeroPointsOffset)] internal fixed short ZeroPoints[2 * SumShape.Outputs];

    /// <summary>The bits of bytes 0 and 2 of four.</summary>
    [FieldOffset(EvenBytesOffset)] internal uint EvenBytes;

    /// <summary>The least value of <see cref="OwnRounding"/> before its zero point is added.</summary>
    [FieldOffset(OwnLowOffset)] internal float OwnLow;

    /// <summary>The greatest value of <see cref="OwnRounding"/> before its zero point is added.</summary>
    [FieldOffset(OwnHighOffset)] internal float OwnHigh;

    /// <summary>Multiplier of <see cref="OwnRounding"/>.</summary>
    [FieldOffset(OwnMultiplierOffset)] internal float OwnMultiplier;

    /// <summary>The order that makes rows of 4 x 4 elements its columns.</summary>
    [FieldOffset(TranspositionOffset)] internal fixed byte Transposition[16];

    /// <summary>Room for the ten registers of 16 bytes that Windows wants back.</summary>
    [FieldOffset(SavedOffset)] internal fixed byte Saved[SavedBytes];

    /// <summary>For code that is not emitted: bytes from a pixel's first input to the four inputs of each step of <see cref="SumPattern.Quads"/>, in the order of the weights, or else to each kernel position.</summary>
    [FieldOffset(OffsetsOffset)] internal int* Offsets;

    /// <summary>Number of <see cref="Offsets"/>.</summary>
    [FieldOffset(StepsOffset)] internal nint Steps;

    /// <summary>Sets what emitted code needs besides its operands.</summary>
    /// <param name="output">Zero point and limits.</param>
    /// <param name="addition">The residual, if there is one.</param>
    internal void SetConstants(Requantization output, ResidualAddition addition)
    {
        (Low, High) = (output.Low, output.High);
        (ResidualMultiplier, ResidualZeroPoint) = (addition.Multiplier, addition.ZeroPoint);
        OwnRounding own = addition.Own.GetValueOrDefault();
        (OwnLow, OwnHigh, OwnMultiplier) = (own.To.Low, own.To.High, own.Multiplier);
        EvenBytes = 0x00FF00FF;
        for (int i = 0; i < 2 * SumShape.Outputs; i++)
        {
            ZeroPoints[i] = (short)output.ZeroPoint;
        }

        for (int i = 0; i < 16; i++)
        {
            Transposition[i] = (byte)(((i % 4) * 4) + (i / 4));
        }
    }
}
