using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>The options of an optimizer. The learning rate is not among them: it is an argument of each step.</summary>
public abstract record OptimizerOptions
{
    /// <summary>The weight decay λ. It never applies to the scales of quantizations: it would narrow their ranges whatever the loss says.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether weight decay applies to biases and to the parameters of norms too, as in the papers and in PyTorch by default.</summary>
    public bool DecayNormAndBias { get; init; } = true;

    /// <summary>Creates an optimizer with these options and an initial state.</summary>
    /// <param name="parameters">The parameters to update.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public abstract Optimizer Create(IReadOnlyList<TrainingParameter> parameters);

    /// <summary>The weight decay of one parameter.</summary>
    internal float DecayOf(TrainingParameter parameter) =>
        parameter.Kind == TrainingParameterKind.Weight || (DecayNormAndBias && parameter.Kind != TrainingParameterKind.Scale) ? (float)WeightDecay : 0;
}
