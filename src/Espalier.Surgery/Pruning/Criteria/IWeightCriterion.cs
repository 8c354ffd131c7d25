namespace Espalier.Surgery;

/// <summary>Ranks the weights of a parameter, or the units of several weights that a <see cref="WeightPattern"/> makes of them.</summary>
public interface IWeightCriterion : IPruningCriterion
{
    /// <summary>Scores all units of one parameter.</summary>
    /// <param name="units">The parameter and its units.</param>
    /// <param name="scores">One for each unit, to be overwritten; the less, the sooner it goes. A unit whose score is not a number stays the longest.</param>
    void Score(WeightUnits units, Span<float> scores);
}
