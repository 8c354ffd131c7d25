using System.Globalization;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>How much a residual block matters.</summary>
/// <param name="Unit">The block.</param>
/// <param name="Score">The less, the sooner it can go. Scores of one ranking compare; those of two do not.</param>
public sealed record BlockScore(ResidualUnit Unit, double Score)
{
    /// <summary>Ranks the residual blocks of a model by a score of each, the least first; of equals the first, and what is not a number last, since a network that breaks without a block needs it.</summary>
    /// <exception cref="GraphException">There are no residual blocks.</exception>
    public static IReadOnlyList<BlockScore> Rank(Model model, Func<ResidualUnit, double> score)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(score);
        return [.. ResidualUnits.Find(model.Graph).Matching([]).Select(unit => new BlockScore(unit, score(unit)))
            .OrderBy(each => double.IsNaN(each.Score) ? double.PositiveInfinity : each.Score)];
    }

    /// <summary><c>layer3.7: 0.0132</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Unit.Scope}: {Score:G4}");
}
