using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A curve of a <see cref="Chart"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points from left to right; those that are not finite leave a gap.</param>
internal sealed record Curve(string Name, ValueList<CurvePoint> Points)
{
    /// <summary>Whether it is drawn in dashes.</summary>
    public bool Dashed { get; init; }

    /// <summary>Whether its points are thin marks without a line. The vertical axis does not reach out for them: those below it are drawn as arrows at its lower end, with their value.</summary>
    public bool AreMarks { get; init; }

    /// <summary>What is written beside each point, which then has a dot; or none for a plain curve.</summary>
    public ValueList<string> Labels { get; init; } = [];

    /// <summary>Which of the palette's colours it has, or <see langword="null"/> for the next one.</summary>
    public int? Color { get; init; }
}

/// <summary>A point of a curve.</summary>
internal readonly record struct CurvePoint(double X, double Y);
