using Espalier.Imaging;

namespace Espalier;

/// <summary>Draws an espalier: a tree whose branches are tied flat against a wall.</summary>
internal static class DemoPicture
{
    private const int Width = 320;
    private const int Height = 256;
    private const int Trunk = 160; // its column
    private const int Tiers = 4;
    private const int TierHeight = 48;
    private const int FirstTier = 40;

    private static readonly (byte R, byte G, byte B) Wood = (92, 62, 38);
    private static readonly (byte R, byte G, byte B) Leaf = (66, 122, 52);
    private static readonly (byte R, byte G, byte B) Fruit = (190, 48, 40);

    /// <summary>The picture: 320 x 256 pixels.</summary>
    internal static Image Draw()
    {
        byte[] pixels = new byte[Width * Height * Image.Channels];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                (byte r, byte g, byte b) = ColourAt(x, y);
                int at = ((y * Width) + x) * Image.Channels;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (r, g, b);
            }
        }

        return new Image(Width, Height, pixels);
    }

    private static (byte R, byte G, byte B) ColourAt(int x, int y)
    {
        int tier = Math.Clamp((y - FirstTier + (TierHeight / 2)) / TierHeight, 0, Tiers - 1);
        int branch = FirstTier + (tier * TierHeight); // the row of the nearest branch
        int fromBranch = Math.Abs(y - branch);
        int fromTrunk = Math.Abs(x - Trunk);
        bool reached = fromTrunk < 140;
        bool fruit = reached && Distance(x % 40 - 20, y - branch - 12) < 6;
        bool leaf = reached && Distance(x % 20 - 10, (y - branch + 6) * 2) < 9;
        bool wood = (fromTrunk < 5 && y >= FirstTier) || (reached && fromBranch < 3);
        return fruit ? Fruit : wood ? Wood : leaf ? Leaf : Wall(x, y);
    }

    private static double Distance(int x, int y) => Math.Sqrt((x * x) + (y * y));

    /// <summary>Bricks of 32 x 16 pixels, every other row shifted by half of one.</summary>
    private static (byte R, byte G, byte B) Wall(int x, int y)
    {
        int row = y / 16;
        bool mortar = y % 16 < 2 || (x + (row % 2 * 16)) % 32 < 2;
        byte light = (byte)(170 + (x * 40 / Width));
        return mortar ? ((byte)205, (byte)200, (byte)190) : (light, (byte)(light - 50), (byte)(light - 70));
    }
}
