namespace Espalier.Data;

/// <summary>A background of two colours: a gradient, stripes, checks or blotches, in any direction.</summary>
/// <remarks>Combines triangle waves |2·frac(a·x + b·y + c) − 1| along (a, b).</remarks>
internal readonly struct Texture
{
    private const int Kinds = 4;

    private readonly int _kind;
    private readonly Colour _first;
    private readonly Colour _second;
    private readonly (float X, float Y, float Start) _wave;
    private readonly (float X, float Y, float Start) _across;

    /// <summary>Draws a texture's parameters at random.</summary>
    /// <param name="draws">The random numbers.</param>
    /// <param name="side">Side of the image in pixels.</param>
    internal Texture(ref Draws draws, int side)
    {
        _kind = draws.Below(Kinds);
        _first = draws.Colour();
        _second = _first.Towards(draws.Colour(), draws.Uniform(0.2f, 0.6f)); // not too far from the first: a third colour must stand out
        (float x, float y) = draws.Direction();
        float waves = _kind == 0 ? draws.Uniform(0.2f, 0.5f) : draws.Uniform(1.5f, 5);
        float frequency = waves / side;
        _wave = (x * frequency, y * frequency, draws.Uniform(0, 1));
        float stretch = _kind == 2 ? 1 : draws.Uniform(0.5f, 1.5f);
        _across = (-y * frequency * stretch, x * frequency * stretch, draws.Uniform(0, 1));
    }

    /// <summary>The contrast of a colour to the texture: the squared distance to the nearer of the two colours.</summary>
    internal float SquaredDistance(Colour colour) => float.MinNative(_first.SquaredDistance(colour), _second.SquaredDistance(colour));

    internal Colour At(int x, int y)
    {
        float along = Wave(_wave, x, y);
        float share = _kind switch
        {
            0 => along,
            1 => Steep(along),
            2 => MathF.Abs(Steep(along) - Steep(Wave(_across, x, y))),
            _ => along * Wave(_across, x, y),
        };
        return _first.Towards(_second, share);
    }

    private static float Wave((float X, float Y, float Start) wave, int x, int y)
    {
        float phase = (wave.X * x) + (wave.Y * y) + wave.Start;
        return MathF.Abs((2 * (phase - MathF.Floor(phase))) - 1);
    }

    /// <summary>Turns a triangle wave into nearly a square wave.</summary>
    private static float Steep(float wave) => float.ClampNative(((wave - 0.5f) * 4) + 0.5f, 0, 1);
}
