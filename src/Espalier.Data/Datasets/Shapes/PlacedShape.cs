using Espalier.Imaging;

namespace Espalier.Data;

/// <summary>A shape with position, radius, rotation and colour.</summary>
internal readonly record struct PlacedShape(ShapeKind Kind, float X, float Y, float Radius, float Cosine, float Sine, Colour Colour)
{
    private const float Shading = 0.35f; // fraction of the way to black, from one end of the shape to the other

    /// <summary>Draws the shape's position and size at random; all of it lies within the image.</summary>
    internal static PlacedShape Draw(ShapeKind kind, ref Draws draws, int side, float least, float greatest, Colour colour)
    {
        float radius = side * draws.Uniform(least, greatest);
        float x = draws.Uniform(radius, side - radius), y = draws.Uniform(radius, side - radius);
        (float cosine, float sine) = draws.Direction();
        return new PlacedShape(kind, x, y, radius, cosine, sine, colour);
    }

    /// <summary>Paints the shape, with antialiased edges and a gradient.</summary>
    internal void Paint(Span<byte> pixels, int side)
    {
        float reach = (Radius * ShapeDistance.Reach) + 1;
        int left = Math.Max(0, (int)(X - reach)), right = Math.Min(side - 1, (int)(X + reach));
        int top = Math.Max(0, (int)(Y - reach)), bottom = Math.Min(side - 1, (int)(Y + reach));
        float scale = 1 / Radius;
        Colour dark = new(0, 0, 0);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                float dx = (x + 0.5f - X) * scale, dy = (y + 0.5f - Y) * scale;
                float u = (Cosine * dx) + (Sine * dy), v = (Cosine * dy) - (Sine * dx);
                float cover = 0.5f - (ShapeDistance.Of(Kind, u, v) * Radius); // pixels on the outline are partly covered
                if (cover > 0)
                {
                    Span<byte> pixel = pixels.Slice(((y * side) + x) * Image.Channels, Image.Channels);
                    var below = new Colour(pixel[0], pixel[1], pixel[2]);
                    Colour shaded = Colour.Towards(dark, float.ClampNative((dx + 1) * 0.5f * Shading, 0, Shading));
                    below.Towards(shaded, float.MinNative(cover, 1)).Write(pixel);
                }
            }
        }
    }
}
