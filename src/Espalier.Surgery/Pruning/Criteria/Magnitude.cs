namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.Magnitude"/>.</summary>
internal sealed class Magnitude : IWeightCriterion
{
    public string Name => "magnitude";

    public void Score(WeightUnits units, Span<float> scores) => units.Norms(units.Weights, scores);
}
