using System.Runtime.InteropServices;

namespace Espalier.Kernels;

/// <summary>The operands of <see cref="SparseSums"/>. Emitted code reads the fields by their offsets.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct SparseSumArguments
{
    internal const int InputOffset = 0;
    internal const int ValuesOffset = 8;
    internal const int PlacesOffset = 16;
    internal const int CountsOffset = 24;
    internal const int BiasOffset = 32;
    internal const int SumsOffset = 40;
    internal const int RowsOffset = 48;

    /// <summary>The gathered pixels: [four channels][vector][16 pixels][4].</summary>
    [FieldOffset(InputOffset)] internal byte* Input;

    /// <summary>Four weights for each block.</summary>
    [FieldOffset(ValuesOffset)] internal sbyte* Values;

    /// <summary>Which four channels each block multiplies.</summary>
    [FieldOffset(PlacesOffset)] internal ushort* Places;

    /// <summary>The number of blocks of each output channel.</summary>
    [FieldOffset(CountsOffset)] internal int* Counts;

    /// <summary>The first summand of each output channel.</summary>
    [FieldOffset(BiasOffset)] internal int* Bias;

    /// <summary>The sums: [output channel][vector][16 pixels].</summary>
    [FieldOffset(SumsOffset)] internal int* Sums;

    /// <summary>Number of output channels, at least 1.</summary>
    [FieldOffset(RowsOffset)] internal nint Rows;
}
