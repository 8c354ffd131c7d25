namespace Espalier.Kernels;

/// <summary>The data of one backward call of a <see cref="BatchNormTraining"/>.</summary>
internal readonly ref struct BatchNormBackwardOperands
{
    /// <summary>Number of images.</summary>
    public required int Batch { get; init; }

    /// <summary>The forward input x.</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>The forward output y; read only if the problem has a ReLU and a residual, otherwise it may be empty.</summary>
    public ReadOnlySpan<float> Output { get; init; }

    /// <summary>The gradient of y.</summary>
    public required ReadOnlySpan<float> OutputGradient { get; init; }

    /// <summary>The gradient of x; may be the memory of the output gradient if the layouts are the same.</summary>
    public required Span<float> InputGradient { get; init; }

    /// <summary>Whether to add to what <see cref="InputGradient"/> holds, instead of overwriting it.</summary>
    public bool AccumulateInput { get; init; }

    /// <summary>The gradient of the residual, which is that of y where the ReLU is active. May be the memory of the output gradient if the layouts are the same; empty to skip it.</summary>
    public Span<float> ResidualGradient { get; init; }

    /// <summary>Whether to add to what <see cref="ResidualGradient"/> holds, instead of overwriting it.</summary>
    public bool AccumulateResidual { get; init; }

    /// <summary>γ of each channel, or empty for 1.</summary>
    public ReadOnlySpan<float> Weight { get; init; }

    /// <summary>β of each channel, or empty for 0.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>The batch's mean, from the forward call.</summary>
    public required ReadOnlySpan<float> Mean { get; init; }

    /// <summary>1 / √(variance + eps), from the forward call.</summary>
    public required ReadOnlySpan<float> InverseDeviation { get; init; }

    /// <summary>The gradient of γ; empty to skip it.</summary>
    public Span<float> WeightGradient { get; init; }

    /// <summary>The gradient of β; empty to skip it.</summary>
    public Span<float> BiasGradient { get; init; }

    /// <summary>Whether to add to what <see cref="WeightGradient"/> and <see cref="BiasGradient"/> hold, instead of overwriting it.</summary>
    public bool AccumulateParameters { get; init; }

    /// <summary><see cref="BatchNormTraining.WorkspaceLength"/> floats, shared by all parts of both phases.</summary>
    public required Span<float> Workspace { get; init; }

    /// <summary>The sums of all chunks of a larger batch that this one is a part of, as <see cref="BatchNormTraining.GatherGradients"/> writes them; empty where the batch was normalized by itself. The gradients of γ and β are those of this part.</summary>
    public ReadOnlySpan<float> Gathered { get; init; }

    /// <summary>The number of images of each chunk of <see cref="Gathered"/>.</summary>
    public ReadOnlySpan<int> GatheredImages { get; init; }
}
