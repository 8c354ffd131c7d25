using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Draws the filters of a network's first convolution.</summary>
public static class FilterPicture
{
    private const int Side = 32; // pixels that the longer side of a filter has at least
    private const int Gap = 2;
    private const int MostTiles = 4096;
    private const int MostPixels = 1 << 25;
    private const byte Gray = 128; // a weight of 0
    private const int Range = 127;

    /// <summary>
    /// Draws the filters of the first convolution in graph order as a grid of tiles, each weight a square of pixels. A filter of three input channels is a tile in colour, of one input channel in
    /// gray; with other numbers each input channel is a tile, a row of the grid for each filter. One scale for all: 0 is gray (128), the greatest magnitude of all weights is 255 or 1.
    /// </summary>
    /// <param name="model">The model. If its preprocessing has blue as the first channel, that is drawn as blue.</param>
    /// <exception cref="EspalierException">There is no convolution, a weight is not finite, or a filter has more than 4096 input channels.</exception>
    public static Image DrawFilters(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Node layer = model.Graph.Nodes.FirstOrDefault(node => node.Op is Conv2d) ?? throw new EspalierException("the network has no convolution, whose filters could be drawn");
        float[] weights = WeightMeasurement.ValuesOf(model, layer);
        Shape shape = model.Parameters[layer.Parameter("weight")].Value.Shape;
        bool isColour = shape[1] == Image.Channels;
        int across = isColour || shape[1] == 1 ? (int)Math.Ceiling(Math.Sqrt(shape[0])) : shape[1];
        if (across > MostTiles)
        {
            throw new EspalierException($"'{layer.Name}' has filters of {shape[1]} input channels; at most {MostTiles} can be drawn");
        }

        int tiles = Math.Min(MostTiles / across * across, isColour ? shape[0] : shape[0] * shape[1]);
        var grid = new TileGrid(tiles, across, shape[2], shape[3]);
        float greatest = weights.Max(Math.Abs);
        Normalization? normalization = model.Metadata.Preprocessing?.Normalization;
        int plane = shape[2] * shape[3];
        for (int tile = 0; tile < tiles; tile++)
        {
            for (int channel = 0; channel < Image.Channels; channel++)
            {
                int colour = isColour && normalization?.Channels == Image.Channels ? normalization.Colour(channel) : channel;
                int at = isColour ? ((tile * Image.Channels) + channel) * plane : tile * plane;
                grid.Draw(tile, colour, weights.AsSpan(at, plane), weight => greatest == 0 ? Gray : (byte)Math.Round(Gray + (Range * (weight / greatest))));
            }
        }

        return grid.ToImage();
    }

    /// <summary>Tiles on a white page.</summary>
    private sealed class TileGrid
    {
        private readonly int _across;
        private readonly int _rows;
        private readonly int _columns; // of a tile
        private readonly int _enlargement;
        private readonly int _width;
        private readonly byte[] _pixels;

        internal TileGrid(int tiles, int across, int rows, int columns)
        {
            (_across, _rows, _columns) = (across, rows, columns);
            _enlargement = Math.Max(1, (Side + Math.Max(rows, columns) - 1) / Math.Max(rows, columns));
            _width = Gap + (across * ((columns * _enlargement) + Gap));
            long height = Gap + ((tiles + across - 1L) / across * ((rows * _enlargement) + Gap));
            if (height * _width > MostPixels)
            {
                throw new EspalierException($"{tiles} filters of {rows}x{columns} weights take a picture of {_width}x{height} pixels; at most {MostPixels} can be drawn");
            }

            _pixels = new byte[height * _width * Image.Channels];
            Array.Fill(_pixels, byte.MaxValue);
        }

        internal Image ToImage() => new(_width, _pixels.Length / _width / Image.Channels, _pixels);

        internal void Draw(int tile, int colour, ReadOnlySpan<float> weights, Func<float, byte> shade)
        {
            int left = Gap + (tile % _across * ((_columns * _enlargement) + Gap));
            int top = Gap + (tile / _across * ((_rows * _enlargement) + Gap));
            for (int y = 0; y < _rows * _enlargement; y++)
            {
                for (int x = 0; x < _columns * _enlargement; x++)
                {
                    _pixels[((((top + y) * _width) + left + x) * Image.Channels) + colour] = shade(weights[(y / _enlargement * _columns) + (x / _enlargement)]);
                }
            }
        }
    }
}
