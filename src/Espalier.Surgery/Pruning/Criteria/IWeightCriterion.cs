namespace Espalier.Surgery;

/// <summary>Ranks the weights of a parameter, or the units of several weights that a <see cref="WeightPattern"/> defines.</summary>
public interface IWeightCriterion : IPruningCriterion
{
    /// <summary>Scores all units of one parameter.</summary>
    /// <param name="units">The parameter and its units.</param>
    /// <param name="scores">Receives one score per unit; the units with the lowest scores are removed first, units with a score of NaN last.</param>
    void Score(WeightUnits units, Span<float> scores);
}
