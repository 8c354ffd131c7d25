namespace Espalier.Kernels;

/// <summary>Everything about a batch norm in training mode but its numbers.</summary>
/// <remarks>y = relu?((x − mean) / √(variance + eps) · weight + bias + residual?), mean and (biased) variance being those of the batch.</remarks>
public readonly record struct BatchNormProblem
{
    /// <summary>Where x lies.</summary>
    public required BlockedLayout Input { get; init; }

    /// <summary>Where y lies: the same map. Borders are never touched, here as in all others.</summary>
    public required BlockedLayout Output { get; init; }

    /// <summary>Where the residual that is added before the ReLU lies, or <see langword="null"/> for none.</summary>
    public BlockedLayout? Residual { get; init; }

    /// <summary>Whether a ReLU ends it.</summary>
    public bool Relu { get; init; }

    /// <summary>Added to the variance.</summary>
    public required float Eps { get; init; }

    /// <summary>Where the gradient of y lies.</summary>
    public required BlockedLayout OutputGradient { get; init; }

    /// <summary>Where the gradient of x goes.</summary>
    public required BlockedLayout InputGradient { get; init; }

    /// <summary>Where the gradient of the residual goes, if there is one.</summary>
    public BlockedLayout? ResidualGradient { get; init; }
}
