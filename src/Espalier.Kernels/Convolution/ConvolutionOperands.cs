namespace Espalier.Kernels;

/// <summary>The data of one call of a packed convolution: whole images, one after the other, in the problem's layouts.</summary>
internal readonly ref struct ConvolutionOperands
{
    /// <summary>Number of images.</summary>
    public required int Batch { get; init; }

    /// <summary>Input, batch x input layout.</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>Residual, batch x residual layout; empty if the problem has none or nothing is to be added in this call. May be the output itself.</summary>
    public ReadOnlySpan<float> Residual { get; init; }

    /// <summary>Output, batch x output layout.</summary>
    public required Span<float> Output { get; init; }

    /// <summary>Scratch memory of <see cref="PackedConvolution.ScratchLength"/> floats, not used by any other part at the same time.</summary>
    public Span<float> Scratch { get; init; }

    /// <summary>
    /// A number that identifies the call, so that later parts on the same thread may reuse what earlier ones left in <see cref="Scratch"/> if nothing else
    /// has written to it in between; 0 to disable that.
    /// </summary>
    public long Call { get; init; }
}
