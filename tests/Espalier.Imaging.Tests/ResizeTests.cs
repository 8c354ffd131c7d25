using Espalier.Tensors;

namespace Espalier.Imaging.Tests;

public class ResizeTests
{
    public static TheoryData<int, int, Interpolation, string> Sizes => new(Fixture.Table(Fixture.Path("resizes.tsv"))
        .Select(row => (Fixture.Number(row[0]), Fixture.Number(row[1]), Enum.Parse<Interpolation>(row[2]), row[3])));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Resized_pixels_are_those_of_pillow(int width, int height, Interpolation interpolation, string hash)
    {
        Image resized = Fixture.Decode("jpeg/quality-100-444.jpg").Resize(width, height, interpolation);

        Assert.Equal((width, height, hash), Fixture.Describe(resized));
    }

    [Theory]
    [InlineData(500, 375, 256, 341, 256)] // 341.33 is rounded down
    [InlineData(375, 500, 256, 256, 341)]
    [InlineData(300, 300, 7, 7, 7)]
    [InlineData(999, 998, 256, 256, 256)]
    public void The_longer_side_is_rounded_down(int width, int height, int shorterSide, int newWidth, int newHeight)
    {
        Image resized = new Image(width, height, new byte[width * height * 3]).Resize(shorterSide);

        Assert.Equal((newWidth, newHeight), (resized.Width, resized.Height));
    }

    [Fact]
    public void A_strip_that_would_fill_the_memory_is_refused()
    {
        var strip = new Image(20_000_000, 1, new byte[60_000_000]);

        Assert.Contains("Resizing a 20000000x1 RGB image", Assert.Throws<EspalierException>(() => strip.Resize(256)).Message, StringComparison.Ordinal);
        Assert.Throws<EspalierException>(() => strip.Resize(1, 1_000_000_000));
    }

    [Fact]
    public void A_picture_of_one_colour_stays_of_that_colour()
    {
        byte[] pixels = [.. Enumerable.Repeat<byte[]>([10, 200, 255], 30 * 20).SelectMany(p => p)];
        foreach (Interpolation interpolation in Enum.GetValues<Interpolation>())
        {
            Image resized = new Image(30, 20, pixels).Resize(71, 9, interpolation);

            Assert.Equal(Enumerable.Repeat<byte[]>([10, 200, 255], 71 * 9).SelectMany(p => p), resized.Pixels.ToArray());
        }
    }
}
