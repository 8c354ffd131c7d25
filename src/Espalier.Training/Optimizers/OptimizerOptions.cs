using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>Which optimizer, with its settings. The learning rate is the schedule's and given at each step.</summary>
public abstract record OptimizerOptions
{
    /// <summary>λ: how strongly values are drawn towards 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Whether norms' parameters and biases decay too, as in the papers and by PyTorch's defaults.</summary>
    public bool DecayNormAndBias { get; init; } = true;

    /// <summary>An optimizer of these settings, at its beginning.</summary>
    /// <param name="parameters">What it changes; it keeps state for each.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public abstract Optimizer Create(IReadOnlyList<TrainingParameter> parameters);

    /// <summary>The λ of one parameter.</summary>
    internal float DecayOf(TrainingParameter parameter) =>
        DecayNormAndBias || parameter.Kind == TrainingParameterKind.Weight ? (float)WeightDecay : 0;
}
