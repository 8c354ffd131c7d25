using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>Stochastic gradient descent with momentum, in PyTorch's form: the velocity is a sum of gradients, and the learning rate multiplies it (Sutskever 2013 has it inside).</summary>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>μ: what is kept of the velocity at each step. 0 for none.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>τ: the velocity grows by (1 − τ) of the gradient. The first gradient enters whole.</summary>
    public double Dampening { get; init; }

    /// <summary>Whether to look ahead along the velocity (Nesterov 1983): the step is g + μv instead of v.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public override Optimizer Create(IReadOnlyList<TrainingParameter> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(WeightDecay);
        ArgumentOutOfRangeException.ThrowIfNegative(Momentum);
        if (Nesterov && (Momentum == 0 || Dampening != 0))
        {
            throw new ArgumentOutOfRangeException(nameof(parameters), "Nesterov's step needs a momentum and no dampening.");
        }

        return new Sgd(this, parameters);
    }
}
