using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Imaging.Tests;

/// <summary>The kit's photographs and awkward files against Pillow's answers.</summary>
public class KitDecodingTests
{
    private static readonly ImageDecodingOptions AsStored = new() { ApplyOrientation = false };

    // Where Pillow's answer is not the right one, or there is none: what is said instead.
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["jpeg/libjpeg-turbo/monkey12.jpg"] = "12-bit samples",
        ["jpeg/libjpeg-turbo/testimgari.jpg"] = "arithmetic-coded",
        ["jpeg/pillow/hopper_bad_exif.jpg"] = "more than 64 coefficients", // damaged: Pillow shows noise
        ["jpeg/pillow/truncated_jpeg.jpg"] = "ends before",
        ["jpeg/pillow/ultrahdr.jpg"] = "only 461 follow",
        ["png/xc1n0g08.png"] = "colour type 1",
        ["png/xc9n2c08.png"] = "colour type 9",
        ["png/xcrn0g04.png"] = "neither",
        ["png/xcsn0g01.png"] = "checksum", // Pillow does not look
        ["png/xd0n2c08.png"] = "0 bits",
        ["png/xd3n2c08.png"] = "3 bits",
        ["png/xd9n2c08.png"] = "99 bits",
        ["png/xdtn0g01.png"] = "no IDAT",
        ["png/xhdn0g08.png"] = "checksum",
        ["png/xlfn0g04.png"] = "neither",
        ["png/xs1n0g01.png"] = "neither",
        ["png/xs2n0g01.png"] = "neither",
        ["png/xs4n0g01.png"] = "neither",
        ["png/xs7n0g01.png"] = "neither",
    };

    // A sound picture behind EXIF data that Pillow gives up on.
    private const string BehindBrokenExif = "jpeg/pillow/truncated_exif_dpi.jpg";

    [Fact]
    public void Every_file_has_pillows_pixels_bit_for_bit_or_is_refused_for_its_own_reason()
    {
        int equal = 0;
        foreach (string[] row in Fixture.Table(Kit.Path("expected/images.tsv")))
        {
            string path = Kit.Path(row[0]);
            if (Refused.TryGetValue(row[0], out string? reason))
            {
                Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(path)).Message, StringComparison.Ordinal);
            }
            else if (!row[1].StartsWith("ERROR", StringComparison.Ordinal))
            {
                Assert.Equal((row[0], row[4]), (row[0], Fixture.Hash(ImageDecoder.Decode(path, AsStored).Pixels.Span)));
                equal++;
            }
            else
            {
                Assert.True(row[0] == BehindBrokenExif || row[1].Contains("16-bit gray", StringComparison.Ordinal), row[0]);
            }
        }

        Assert.Equal(260, equal);
    }

    [Fact]
    public void A_picture_behind_broken_exif_is_read()
    {
        Image image = ImageDecoder.Decode(Kit.Path(BehindBrokenExif));

        Assert.Equal((480, 640), (image.Width, image.Height));
    }

    [Theory]
    [InlineData("basn0g16", "basi0g16")]
    [InlineData("oi1n0g16", "oi2n0g16")]
    [InlineData("oi1n0g16", "oi4n0g16")]
    [InlineData("oi1n0g16", "oi9n0g16")]
    [InlineData("oi1n0g16", "basn0g16")]
    public void Gray_of_16_bits_is_the_same_however_it_is_stored(string one, string other) =>
        Assert.Equal(Describe($"png/{one}.png"), Describe($"png/{other}.png"));

    [Theory]
    [InlineData("Landscape")]
    [InlineData("Portrait")]
    public void A_photograph_stored_in_eight_orientations_is_one_photograph(string name)
    {
        Image upright = ImageDecoder.Decode(Kit.Path($"jpeg/exif-orientation/{name}_1.jpg"));
        for (int orientation = 2; orientation <= 8; orientation++)
        {
            Image turned = ImageDecoder.Decode(Kit.Path($"jpeg/exif-orientation/{name}_{orientation}.jpg"));

            Assert.Equal((upright.Width, upright.Height), (turned.Width, turned.Height));
            Assert.InRange(MeanDifference(upright, turned), 0, 5); // each was compressed anew; unturned they differ by 40 and more
        }
    }

    private static (int Width, int Height, string Hash) Describe(string path) => Fixture.Describe(ImageDecoder.Decode(Kit.Path(path), AsStored));

    private static double MeanDifference(Image one, Image other)
    {
        ReadOnlySpan<byte> left = one.Pixels.Span, right = other.Pixels.Span;
        long sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += Math.Abs(left[i] - right[i]);
        }

        return (double)sum / left.Length;
    }
}
