using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>AdamW (Loshchilov and Hutter 2019, algorithm 2): Adam whose weight decay is apart from the gradient.</summary>
public sealed record AdamWOptions : OptimizerOptions
{
    /// <summary>PyTorch's defaults: weight decay 0.01.</summary>
    public AdamWOptions() => WeightDecay = 0.01;

    /// <summary>β₁: what is kept of the gradient's mean at each step.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>β₂: what is kept of the squared gradient's mean.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε: added to the root, so that nothing is divided by 0.</summary>
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
