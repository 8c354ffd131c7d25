namespace Espalier.Kernels;

/// <summary>The numbers of one call of a <see cref="ConvolutionInputGradient"/>: whole images, one after the other.</summary>
public readonly ref struct InputGradientOperands
{
    /// <summary>Images.</summary>
    public required int Batch { get; init; }

    /// <summary>Batch x the output gradient's layout; its border is zero as far as <see cref="ConvolutionInputGradient.RequiredBorder"/> says.</summary>
    public required ReadOnlySpan<float> OutputGradient { get; init; }

    /// <summary>Batch x the input gradient's layout. The border is not touched.</summary>
    public required Span<float> InputGradient { get; init; }

    /// <summary>Whether to add to what <see cref="InputGradient"/> holds, rather than to overwrite it.</summary>
    public bool Accumulate { get; init; }

    /// <summary>Memory of <see cref="ConvolutionInputGradient.ScratchLength"/> floats that no other part uses meanwhile.</summary>
    public Span<float> Scratch { get; init; }
}
