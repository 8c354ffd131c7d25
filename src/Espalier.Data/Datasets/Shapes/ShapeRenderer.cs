using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Draws one picture: background, things that are no class, the shape, noise.</summary>
internal static class ShapeRenderer
{
    private const int MostDistractors = 5;
    private const int ColourCandidates = 6;
    private const float MostNoise = 14;

    /// <summary>Draws a picture.</summary>
    /// <param name="kind">The shape.</param>
    /// <param name="draws">What decides everything else.</param>
    /// <param name="side">Pixels of a side.</param>
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
            var small = Stamp.Draw(other, ref draws, side, 0.04f, 0.09f, draws.Colour());
            small.Paint(pixels, side);
        }

        Stamp.Draw(kind, ref draws, side, 0.27f, 0.42f, Standout(texture, ref draws)).Paint(pixels, side);
        AddNoise(pixels, draws.Uniform(0, MostNoise), draws.Pixels);
    }

    /// <summary>The one of several colours that stands out most.</summary>
    private static Colour Standout(Texture texture, ref Draws draws)
    {
        Colour best = draws.Colour();
        for (int i = 1; i < ColourCandidates; i++)
        {
            Colour other = draws.Colour();
            best = texture.SquaredDistance(other) > texture.SquaredDistance(best) ? other : best;
        }

        return best;
    }

    /// <summary>Adds to each byte a number from −<paramref name="amount"/> to <paramref name="amount"/>, by 16 random bits in fixed point.</summary>
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
