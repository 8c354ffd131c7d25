using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Draws one image: background, distracting objects, the shape, noise.</summary>
internal static class ShapeRenderer
{
    private const int MostDistractors = 5;
    private const int ColourCandidates = 6;
    private const float MostNoise = 14;

    /// <summary>Draws an image.</summary>
    /// <param name="kind">The shape.</param>
    /// <param name="draws">The random numbers that determine everything else.</param>
    /// <param name="side">Side of the image in pixels.</param>
    /// <param name="pixels">RGB bytes.</param>
    internal static void Render(ShapeKind kind, ref Draws draws, int side, Span<byte> pixels)
    {
        var texture = new Texture(ref draws, side);
        for (int y = 0, to = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++, to += Image.Channels)
            {
                texture.At(x, y).Write(pixels.Slice(to, Image.Channels));
            }
        }

        int distractors = draws.Below(MostDistractors + 1);
        for (int i = 0; i < distractors; i++)
        {
            ShapeKind other = draws.Below(2) == 0 ? ShapeKind.Disc : ShapeKind.Square;
            var small = PlacedShape.Draw(other, ref draws, side, 0.04f, 0.09f, draws.Colour());
            small.Paint(pixels, side);
        }

        PlacedShape.Draw(kind, ref draws, side, 0.27f, 0.42f, ContrastingColour(texture, ref draws)).Paint(pixels, side);
        AddNoise(pixels, draws.Uniform(0, MostNoise), draws.Pixels);
    }

    /// <summary>Of several random colours the one with the largest contrast to the background.</summary>
    private static Colour ContrastingColour(Texture texture, ref Draws draws)
    {
        Colour best = draws.Colour();
        for (int i = 1; i < ColourCandidates; i++)
        {
            Colour other = draws.Colour();
            best = texture.SquaredDistance(other) > texture.SquaredDistance(best) ? other : best;
        }

        return best;
    }

    /// <summary>Adds uniform noise from −<paramref name="amount"/> to <paramref name="amount"/> to each byte, from 16 random bits in fixed point.</summary>
    private static void AddNoise(Span<byte> pixels, float amount, CounterRandom random)
    {
        const int Middle = 1 << 15;
        int scale = (int)(amount * 256);
        for (int i = 0; i < pixels.Length; i += Image.Channels)
        {
            ulong bits = random.Bits((ulong)i);
            foreach (ref byte value in pixels.Slice(i, Image.Channels))
            {
                value = (byte)Math.Clamp(value + ((((ushort)bits - Middle) * scale) >> 23), 0, byte.MaxValue); // 15 bits of the number, 8 of the scale
                bits >>= 16;
            }
        }
    }
}
