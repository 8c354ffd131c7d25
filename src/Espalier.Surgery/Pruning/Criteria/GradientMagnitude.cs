namespace Espalier.Surgery;

/// <summary>See <see cref="PruningCriteria.Gradient"/>.</summary>
internal sealed class GradientMagnitude : IWeightCriterion
{
    public string Name => "gradient";

    public PruningNeeds Needs => PruningNeeds.Gradients;

    public void Score(WeightUnits units, Span<float> scores) => units.Norms(units.Gradients(), scores);
}
