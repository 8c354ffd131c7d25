namespace Espalier.Kernels;

/// <summary>The numbers of one backward call of a <see cref="BatchNormTraining"/>.</summary>
public readonly ref struct BatchNormBackwardOperands
{
    /// <summary>Images.</summary>
    public required int Batch { get; init; }

    /// <summary>x, as it was forward.</summary>
    public required ReadOnlySpan<float> Input { get; init; }

    /// <summary>y, as the forward call left it; read only where the problem has a ReLU and a residual, else it may be empty.</summary>
    public ReadOnlySpan<float> Output { get; init; }

    /// <summary>The gradient of y.</summary>
    public required ReadOnlySpan<float> OutputGradient { get; init; }

    /// <summary>The gradient of x; may be the memory of the output gradient if the layouts are the same.</summary>
    public required Span<float> InputGradient { get; init; }

    /// <summary>Whether to add to what <see cref="InputGradient"/> holds, rather than to overwrite it.</summary>
    public bool AccumulateInput { get; init; }

    /// <summary>The gradient of the residual: that of y where the ReLU let it pass. May be the memory of the output gradient if the layouts are the same; empty if not wanted.</summary>
    public Span<float> ResidualGradient { get; init; }

    /// <summary>Whether to add to what <see cref="ResidualGradient"/> holds, rather than to overwrite it.</summary>
    public bool AccumulateResidual { get; init; }

    /// <summary>γ of each channel, or empty for 1.</summary>
    public ReadOnlySpan<float> Weight { get; init; }

    /// <summary>β of each channel, or empty for 0.</summary>
    public ReadOnlySpan<float> Bias { get; init; }

    /// <summary>The batch's mean, from the forward call.</summary>
    public required ReadOnlySpan<float> Mean { get; init; }

    /// <summary>1 / √(variance + eps), from the forward call.</summary>
    public required ReadOnlySpan<float> InverseDeviation { get; init; }

    /// <summary>The gradient of γ; empty if not wanted.</summary>
    public Span<float> WeightGradient { get; init; }

    /// <summary>The gradient of β; empty if not wanted.</summary>
    public Span<float> BiasGradient { get; init; }

    /// <summary>Whether to add to what <see cref="WeightGradient"/> and <see cref="BiasGradient"/> hold, rather than to overwrite it.</summary>
    public bool AccumulateParameters { get; init; }

    /// <summary><see cref="BatchNormTraining.WorkspaceLength"/> floats, shared by all parts of both phases.</summary>
    public required Span<float> Workspace { get; init; }
}
