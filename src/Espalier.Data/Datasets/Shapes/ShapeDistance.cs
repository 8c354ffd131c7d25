namespace Espalier.Data;

/// <summary>Signed distance of a point to a shape's outline, negative inside, in units of the shape's radius and relative to its centre.</summary>
/// <remarks>Exact near the outline, which is what antialiasing needs; a union is the minimum, an intersection the maximum. No result is NaN.</remarks>
internal static class ShapeDistance
{
    /// <summary>The largest distance of any shape's points from its centre.</summary>
    internal const float Reach = 1.1f;

    private const float HalfRoot3 = 0.8660254f;
    private const float HalfRoot2 = 0.70710677f;

    internal static float Of(ShapeKind kind, float x, float y) => kind switch
    {
        ShapeKind.Disc => Length(x, y) - 0.85f,
        ShapeKind.Ring => MathF.Abs(Length(x, y) - 0.7f) - 0.22f,
        ShapeKind.Square => Box(x, y, 0.72f, 0.72f),
        ShapeKind.Triangle => float.MaxNative(-y, (HalfRoot3 * MathF.Abs(x)) + (0.5f * y)) - 0.5f,
        ShapeKind.Cross => float.MinNative(Box(x, y, 0.95f, 0.28f), Box(x, y, 0.28f, 0.95f)),
        ShapeKind.Star => Star(x, y),
        ShapeKind.Crescent => float.MaxNative(Length(x, y) - 0.95f, 0.8f - Length(x - 0.5f, y)),
        ShapeKind.Heart => Heart(MathF.Abs(x), y + 0.07f),
        ShapeKind.Arrow => float.MinNative(ArrowHead(x, MathF.Abs(y)), Box(x + 0.45f, y, 0.5f, 0.24f)),
        ShapeKind.Hourglass => float.MaxNative(MathF.Abs(x) - 0.8f, (MathF.Abs(y) - (0.8f * MathF.Abs(x)) - 0.08f) * 0.78f), // 1/√(1 + 0.8²)
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such shape"),
    };

    private static float Length(float x, float y) => MathF.Sqrt((x * x) + (y * y));

    private static float Box(float x, float y, float halfWidth, float halfHeight) => float.MaxNative(MathF.Abs(x) - halfWidth, MathF.Abs(y) - halfHeight);

    /// <summary>The pentagram: points on the inner side of at least four of its five lines.</summary>
    private static float Star(float x, float y)
    {
        const float Line = 0.34f; // distance of the lines from the centre; the tips are at Line / cos 72° = 1.1
        float most = y, second = float.NegativeInfinity;
        Insert((0.95105654f * x) + (0.309017f * y)); // the lines' normals: (sin 72k°, cos 72k°)
        Insert((0.58778524f * x) - (0.809017f * y));
        Insert((-0.58778524f * x) - (0.809017f * y));
        Insert((-0.95105654f * x) + (0.309017f * y));
        return second - Line;

        void Insert(float value)
        {
            second = float.MaxNative(second, float.MinNative(most, value));
            most = float.MaxNative(most, value);
        }
    }

    /// <summary>A square standing on a corner, with a disc on each of its upper edges.</summary>
    private static float Heart(float x, float y)
    {
        const float Corner = 0.72f;
        float square = (x + MathF.Abs(y) - Corner) * HalfRoot2;
        float disc = Length(x - (Corner / 2), y - (Corner / 2)) - (Corner * HalfRoot2);
        return float.MinNative(square, disc);
    }

    /// <summary>A triangle from (0, ±0.75) to (0.95, 0).</summary>
    private static float ArrowHead(float x, float y) => float.MaxNative(-x, ((0.75f * x) + (0.95f * y) - 0.7125f) * 0.8262f); // 1/√(0.75² + 0.95²)
}
