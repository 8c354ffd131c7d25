namespace Espalier.Kernels;

/// <summary>The data of the first phase of a <see cref="ConvolutionWeightGradient"/>: whole images, one after the other.</summary>
internal readonly ref struct WeightGradientOperands
{
    /// <summary>Number of images.</summary>
    public required int Batch { get; init; }

    /// <summary>Batch x the input's layout; its border must be zero as far as the convolution reads.</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>Batch x the output gradient's layout.</summary>
    public required ReadOnlySpan<float> OutputGradient { get; init; }

    /// <summary>At least <see cref="ConvolutionWeightGradient.WorkspaceLength"/> floats, shared by all parts of both phases; it need not be cleared.</summary>
    public required Span<float> Workspace { get; init; }

    /// <summary>Scratch memory of <see cref="ConvolutionWeightGradient.ScratchLength"/> floats, not used by any other part at the same time.</summary>
    public required Span<float> Scratch { get; init; }
}
