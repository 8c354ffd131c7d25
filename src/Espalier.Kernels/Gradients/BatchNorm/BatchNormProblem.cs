namespace Espalier.Kernels;

/// <summary>Layouts and attributes of a batch norm in training mode, without data.</summary>
/// <remarks>y = relu?((x − mean) / √(variance + eps) · weight + bias + residual?), with mean and biased variance of the batch.</remarks>
internal readonly record struct BatchNormProblem
{
    /// <summary>Layout of x.</summary>
    public required BlockedLayout Input { get; init; }

    /// <summary>Layout of y: the same size. Borders are never accessed, here and in the other layouts.</summary>
    public required BlockedLayout Output { get; init; }

    /// <summary>Layout of the residual that is added before the ReLU, or <see langword="null"/> for none.</summary>
    public BlockedLayout? Residual { get; init; }

    /// <summary>Whether a ReLU is applied last.</summary>
    public bool Relu { get; init; }

    /// <summary>The epsilon added to the variance.</summary>
    public required float Eps { get; init; }

    /// <summary>Layout of the gradient of y.</summary>
    public required BlockedLayout OutputGradient { get; init; }

    /// <summary>Layout of the gradient of x.</summary>
    public required BlockedLayout InputGradient { get; init; }

    /// <summary>Layout of the gradient of the residual, if there is one.</summary>
    public BlockedLayout? ResidualGradient { get; init; }
}
