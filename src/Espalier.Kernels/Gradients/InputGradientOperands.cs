namespace Espalier.Kernels;

/// <summary>The data of one call of a <see cref="ConvolutionInputGradient"/>: whole images, one after the other.</summary>
internal readonly ref struct InputGradientOperands
{
    /// <summary>Number of images.</summary>
    public required int Batch { get; init; }

    /// <summary>Batch x the output gradient's layout; its border must be zero where <see cref="ConvolutionInputGradient.RequiredBorder"/> requires it.</summary>
    public required ReadOnlySpan<float> OutputGradient { get; init; }

    /// <summary>Batch x the input gradient's layout. The border is not touched.</summary>
    public required Span<float> InputGradient { get; init; }

    /// <summary>Whether to add to what <see cref="InputGradient"/> holds, instead of overwriting it.</summary>
    public bool Accumulate { get; init; }

    /// <summary>Scratch memory of <see cref="ConvolutionInputGradient.ScratchLength"/> floats, not used by any other part at the same time.</summary>
    public Span<float> Scratch { get; init; }
}
