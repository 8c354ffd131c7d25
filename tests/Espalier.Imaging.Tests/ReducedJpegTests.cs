using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Imaging.Tests;

/// <summary>JPEG at 1/2, 1/4 and 1/8 of its size has the pixels of Pillow's draft.</summary>
public class ReducedJpegTests
{
    public static TheoryData<string, int, int, int, string> Files => new(Rows(row => !IsOfKit(row)));

    [Theory(DisplayName = "Faults: JPEG decoded at 1/2, 1/4 and 1/8 of its size")]
    [MemberData(nameof(Files))]
    public void Pixels_are_those_of_pillows_draft(string file, int least, int width, int height, string hash) =>
        Assert.Equal((width, height, hash), Describe(Fixture.Path(file), least));

    [Fact]
    public void The_kits_photographs_have_pillows_pixels()
    {
        int equal = 0;
        foreach ((string file, int least, int width, int height, string hash) in Rows(IsOfKit))
        {
            Assert.Equal((file, (width, height, hash)), (file, Describe(Kit.Path(file["kit/".Length..]), least)));
            equal++;
        }

        Assert.True(equal > 50);
    }

    [Fact]
    public void The_default_is_the_full_size_and_other_formats_are_not_reduced()
    {
        Assert.Null(ImageDecodingOptions.Default.ReduceJpegTo);
        byte[] png = PngEncoder.Encode(new Image(64, 64, new byte[64 * 64 * 3]));
        Assert.Equal(64, ImageDecoder.Decode(png, options: new ImageDecodingOptions { ReduceJpegTo = 8 }).Width);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageDecodingOptions { ReduceJpegTo = 0 });
    }

    [Theory]
    [InlineData(100, 80, 41, 100)] // 80 / 41 is 1
    [InlineData(100, 80, 40, 50)]
    [InlineData(100, 80, 20, 25)]
    [InlineData(100, 80, 10, 13)]
    [InlineData(100, 80, 1, 13)]
    [InlineData(100, 80, 1000, 100)]
    [InlineData(100, 80, null, 100)]
    public void The_smallest_size_that_keeps_both_sides_is_chosen(int width, int height, int? least, int expected) =>
        Assert.Equal(expected, JpegReduction.For(width, height, least).Of(width));

    [Theory]
    [InlineData("jpeg/ycc-2x2-1x1-1x1.jpg")]
    [InlineData("jpeg/progressive-420.jpg")]
    [InlineData("jpeg/ycck-subsampled.jpg")]
    public void Damaged_files_are_malformed_input_and_nothing_else(string file)
    {
        byte[] whole = Fixture.Bytes(file);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= (byte)(1 << (i % 8));
            foreach (int least in new[] { 12, 6, 3 })
            {
                try
                {
                    ImageDecoder.Decode(damaged, options: new ImageDecodingOptions { ReduceJpegTo = least, Limits = Limits.Default with { ImagePixels = 1 << 20 } });
                }
                catch (MalformedInputException)
                {
                    // what a damaged file may do
                }
            }
        }
    }

    private static (int Width, int Height, string Hash) Describe(string path, int least)
    {
        Image image = ImageDecoder.Decode(path, new ImageDecodingOptions { ApplyOrientation = false, ReduceJpegTo = least });
        return (image.Width, image.Height, Fixture.Hash(image.Pixels.Span)[..16]);
    }

    private static bool IsOfKit(string[] row) => row[0].StartsWith("kit/", StringComparison.Ordinal);

    private static IEnumerable<(string File, int Least, int Width, int Height, string Hash)> Rows(Func<string[], bool> chosen) =>
        Fixture.Table(Fixture.Path("reduced.tsv")).Where(chosen).Select(row => (row[0], Fixture.Number(row[1]), Fixture.Number(row[2]), Fixture.Number(row[3]), row[4]));
}
