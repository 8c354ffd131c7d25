namespace Espalier.Kernels;

/// <summary>The numbers of one call of a packed convolution: whole images, one after the other, each in the problem's layout.</summary>
public readonly ref struct ConvolutionOperands
{
    /// <summary>Images.</summary>
    public required int Batch { get; init; }

    /// <summary>Batch x input layout.</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>Batch x residual layout; empty where the problem has no residual, or nothing is to be added this time. May be the output itself.</summary>
    public ReadOnlySpan<float> Residual { get; init; }

    /// <summary>Batch x output layout.</summary>
    public required Span<float> Output { get; init; }

    /// <summary>Memory of <see cref="PackedConvolution.ScratchLength"/> floats that no other part uses meanwhile.</summary>
    public Span<float> Scratch { get; init; }

    /// <summary>
    /// Tells the call from every other one, so that its later parts on a thread may use what its earlier ones left in <see cref="Scratch"/>, where nothing else
    /// has written meanwhile; 0 where that is not so.
    /// </summary>
    public long Call { get; init; }
}
