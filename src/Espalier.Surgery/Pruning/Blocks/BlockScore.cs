using System.Globalization;

namespace Espalier.Surgery;

/// <summary>How much a residual block matters.</summary>
/// <param name="Unit">The block.</param>
/// <param name="Score">The less, the sooner it can go. Scores of one ranking compare; those of two do not.</param>
public sealed record BlockScore(ResidualUnit Unit, double Score)
{
    /// <summary><c>layer3.7: 0.0132</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Unit.Scope}: {Score:G4}");
}
