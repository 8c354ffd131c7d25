using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>The operands of one tile's sums. Emitted code reads the fields by their offsets.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct SumArguments
{
    internal const int InputOffset = 0;
    internal const int SecondRunOffset = 8;
    internal const int WeightsOffset = 16;
    internal const int BiasOffset = 24;
    internal const int SumsOffset = 32;
    internal const int FullBlocksOffset = 40;
    internal const int KernelHeightOffset = 48;
    internal const int TapRowStrideOffset = 56;
    internal const int BlockStepOffset = 64;
    internal const int SavedOffset = 72;
    private const int SavedBytes = 160;
    private const int OffsetsOffset = SavedOffset + SavedBytes;
    private const int StepsOffset = OffsetsOffset + 8;

    /// <summary>The input of the first pixel at the first kernel position, in the panel's first block of channels.</summary>
    [FieldOffset(InputOffset)] internal byte* Input;

    /// <summary>Bytes from there to the input of the second run.</summary>
    [FieldOffset(SecondRunOffset)] internal nint SecondRun;

    /// <summary>Weights of the panel: [block][kernel row][kernel column][quad][vector][16 outputs][4 inputs].</summary>
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

    /// <summary>Room for the ten registers of 16 bytes that Windows wants back.</summary>
    [FieldOffset(SavedOffset)] internal fixed byte Saved[SavedBytes];

    /// <summary>For code that is not emitted: bytes from <see cref="Input"/> to the four inputs of each step, in the order of the weights.</summary>
    [FieldOffset(OffsetsOffset)] internal int* Offsets;

    /// <summary>Steps of four input channels at one kernel position.</summary>
    [FieldOffset(StepsOffset)] internal nint Steps;
}
