using Espalier.Imaging;

namespace Espalier.Tests;

public class ImageGridTests
{
    [Fact]
    public void Images_are_scaled_into_tiles_row_by_row()
    {
        Image red = new(1, 1, [255, 0, 0]), wide = new(256, 128, [.. Enumerable.Repeat<byte>(7, 256 * 128 * 3)]), thin = new(1, 1000, new byte[3000]);

        Image grid = new[] { red, wide, thin }.DrawGrid(columns: 2);

        Assert.Equal(((2 * 132) + 4, (2 * 132) + 4), (grid.Width, grid.Height));
        Assert.Equal([255, 0, 0], Pixel(grid, 4, 4));
        Assert.Equal([255, 0, 0], Pixel(grid, 131, 131)); // enlarged to 128 pixels
        Assert.Equal([255, 255, 255], Pixel(grid, 132, 131));
        Assert.Equal([255, 255, 255], Pixel(grid, 136, 35)); // 128x64 in the middle of its tile
        Assert.Equal([7, 7, 7], Pixel(grid, 136, 36));
        Assert.Equal([7, 7, 7], Pixel(grid, 263, 99));
        Assert.Equal([0, 0, 0], Pixel(grid, 4 + 63, 136));
        Assert.Equal([255, 255, 255], Pixel(grid, 4 + 64, 136));
    }

    [Fact]
    public void No_images_are_refused() => Assert.Throws<ArgumentException>(() => Array.Empty<Image>().DrawGrid());

    private static byte[] Pixel(Image image, int x, int y) => image.Row(y).Slice(x * Image.Channels, Image.Channels).ToArray();
}
