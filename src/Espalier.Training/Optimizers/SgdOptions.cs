using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>Stochastic gradient descent with momentum, in PyTorch's form: the velocity is a sum of gradients and is multiplied by the learning rate at each step (Sutskever 2013 includes the learning rate in the velocity).</summary>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>The momentum μ: the factor of the velocity at each step; 0 for plain SGD.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>The dampening τ: the gradient is multiplied by 1 − τ when it is added to the velocity, except at the first step.</summary>
    public double Dampening { get; init; }

    /// <summary>Whether to use Nesterov momentum (Nesterov 1983): the step is g + μv instead of v.</summary>
    public bool Nesterov { get; init; }

    /// <inheritdoc/>
    public override Optimizer Create(IReadOnlyList<TrainingParameter> parameters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(WeightDecay);
        ArgumentOutOfRangeException.ThrowIfNegative(Momentum);
        if (Nesterov && (Momentum == 0 || Dampening != 0))
        {
            throw new ArgumentOutOfRangeException(nameof(parameters), "Nesterov momentum requires a momentum above 0 and a dampening of 0.");
        }

        return new Sgd(this, parameters);
    }
}
