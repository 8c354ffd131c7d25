using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>A curve of a <see cref="Chart"/>.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Its points from left to right; points that are not finite leave a gap.</param>
internal sealed record Curve(string Name, ValueList<CurvePoint> Points)
{
    /// <summary>Whether it is drawn in dashes.</summary>
    public bool Dashed { get; init; }

    /// <summary>Whether its points are drawn as marks without a line. The vertical axis is not extended for marks: those below its range are drawn as arrows at its lower end, with their value.</summary>
    public bool AreMarks { get; init; }

    /// <summary>The label of each point, which is then drawn as a dot; empty for a plain curve.</summary>
    public ValueList<string> Labels { get; init; } = [];

    /// <summary>The index of its colour in the palette, or <see langword="null"/> for the index of the curve.</summary>
    public int? Color { get; init; }
}

/// <summary>A point of a curve, in the units of the axes.</summary>
internal readonly record struct CurvePoint(double X, double Y);
