namespace Espalier.Kernels;

/// <summary>The data of one call of an 8-bit convolution: whole images, one after the other, in the problem's layouts.</summary>
internal readonly ref struct IntegerOperands
{
    /// <summary>Number of images.</summary>
    public required int Batch { get; init; }

    /// <summary>Input, batch x input layout, its border filled with the zero point.</summary>
    public required ReadOnlySpan<byte> Input { get; init; }

    /// <summary>Residual, batch x residual layout. May be the output itself.</summary>
    public ReadOnlySpan<byte> Residual { get; init; }

    /// <summary>Output, batch x output layout; empty if the sums are the result.</summary>
    public Span<byte> Output { get; init; }

    /// <summary>The sums, batch x output layout; empty if they are requantized.</summary>
    public Span<int> Sums { get; init; }

    /// <summary>Memory for this part alone, of <see cref="PackedIntegerConvolution.ScratchLength"/> elements; its content is undefined.</summary>
    public Span<float> Scratch { get; init; }
}
