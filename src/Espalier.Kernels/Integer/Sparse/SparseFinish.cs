namespace Espalier.Kernels;

/// <summary>The operands of <see cref="SparsePixels.Finish"/> for a block of 16 output channels.</summary>
internal unsafe ref struct SparseFinish
{
    /// <summary>Sums, 16 pixels to a vector.</summary>
    internal int* Sums;

    /// <summary>Sums from one output channel to the next.</summary>
    internal nint SumStride;

    /// <summary>Vectors of pixels.</summary>
    internal int Vectors;

    /// <summary>The multiplier of each of the 16 channels.</summary>
    internal float* Multipliers;

    /// <summary>The block of channels of the residual, or null.</summary>
    internal byte* Residual;

    /// <summary>Where each four pixels of the residual are.</summary>
    internal FourPixels* Residuals;

    /// <summary>The block of channels of the output.</summary>
    internal byte* Output;

    /// <summary>Where each four pixels of the output are.</summary>
    internal FourPixels* Outputs;

    /// <summary>The addition of the residual, if there is one.</summary>
    internal ResidualAddition Addition;

    /// <summary>Zero point and limits of the output.</summary>
    internal Requantization To;
}
