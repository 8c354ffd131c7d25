using Espalier.Tensors;

namespace Espalier;

/// <summary>The grid of a picture of feature maps: a tile for each channel, row by row, with a line of one pixel before each tile and after the last of a row.</summary>
/// <param name="Height">Rows of pixels of a tile.</param>
/// <param name="Width">Columns of pixels of a tile.</param>
/// <param name="Columns">Tiles in a row.</param>
/// <param name="Step">Every how many rows and columns of a map are drawn.</param>
/// <param name="Zoom">Pixels for each row and column that is drawn.</param>
internal readonly record struct FeatureMapGrid(int Height, int Width, int Columns, int Step, int Zoom)
{
    private const int Smallest = 32; // pixels of the longer side of a tile, at least
    private const int Largest = 256;

    internal static FeatureMapGrid Of(int channels, Size map)
    {
        int longer = Math.Max(map.Height, map.Width), step = ((longer - 1) / Largest) + 1, zoom = Math.Max(1, Smallest / longer);
        return new FeatureMapGrid((((map.Height - 1) / step) + 1) * zoom, (((map.Width - 1) / step) + 1) * zoom, (int)Math.Ceiling(Math.Sqrt(channels)), step, zoom);
    }
}
