using System.Globalization;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The importance of a residual block.</summary>
/// <param name="Unit">The block.</param>
/// <param name="Score">The score; blocks with the lowest scores are removed first. Only scores of the same ranking can be compared.</param>
public sealed record BlockScore(ResidualUnit Unit, double Score)
{
    /// <summary>Ranks the residual blocks of a model by a score, lowest first; blocks with equal scores in graph order. NaN ranks last, because a network with NaN outputs without a block needs that block.</summary>
    /// <exception cref="GraphException">There are no residual blocks.</exception>
    public static IReadOnlyList<BlockScore> Rank(Model model, Func<ResidualUnit, double> score)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(score);
        return [.. ResidualUnits.Find(model.Graph).Matching([]).Select(unit => new BlockScore(unit, score(unit)))
            .OrderBy(each => double.IsNaN(each.Score) ? double.PositiveInfinity : each.Score)];
    }

    /// <summary>The score as text: <c>layer3.7: 0.0132</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Unit.Scope}: {Score:G4}");
}
