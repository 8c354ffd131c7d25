using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>AdamW (Loshchilov and Hutter 2019, algorithm 2): Adam with decoupled weight decay.</summary>
public sealed record AdamWOptions : OptimizerOptions
{
    /// <summary>Creates options with PyTorch's defaults, among them a weight decay of 0.01.</summary>
    public AdamWOptions() => WeightDecay = 0.01;

    /// <summary>The decay rate β₁ of the running mean of the gradient, in [0, 1).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The decay rate β₂ of the running mean of the squared gradient, in [0, 1).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, added to the square root in the denominator for numerical stability.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <inheritdoc/>
    public override Optimizer Create(IReadOnlyList<TrainingParameter> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(WeightDecay);
        RequireShare(Beta1);
        RequireShare(Beta2);
        ArgumentOutOfRangeException.ThrowIfNegative(Epsilon);
        return new AdamW(this, parameters);
    }

    private static void RequireShare(double beta)
    {
        if (beta is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "Expected a number from 0 up to but not including 1.");
        }
    }
}
