namespace Espalier.Kernels;

/// <summary>The operands of <see cref="RequantizedRow"/>: sums of adjacent pixels for one block of 16 output channels.</summary>
internal unsafe struct RowArguments
{
    /// <summary>Sums, 16 for each pixel.</summary>
    internal int* Sums;

    /// <summary>Sums from one pixel to the next.</summary>
    internal nint SumStride;

    /// <summary>Number of pixels.</summary>
    internal nint Pixels;

    /// <summary>The multiplier of each of the 16 channels.</summary>
    internal float* Multipliers;

    /// <summary>The residual of the pixels, 16 bytes each, or null.</summary>
    internal byte* Residual;

    /// <summary>The output of the pixels, 16 bytes each.</summary>
    internal byte* Output;

    /// <summary>The addition of the residual, if there is one.</summary>
    internal ResidualAddition Addition;

    /// <summary>Zero point and limits of the output.</summary>
    internal Requantization To;
}
