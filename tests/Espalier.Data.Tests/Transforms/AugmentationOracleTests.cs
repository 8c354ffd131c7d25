using System.Globalization;
using System.Security.Cryptography;
using Espalier.Imaging;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Data.Tests.Transforms;

/// <summary>What torchvision makes of pictures with given parameters, byte for byte.</summary>
public class AugmentationOracleTests
{
    private const int Values = 256;
    private static readonly string[][] Rows = [.. File.ReadLines(OracleFiles.Path("augmentations.tsv")).Skip(1).Select(line => line.Split('\t'))];

    public static TheoryData<string> Operations => [.. Rows.Select(row => row[3]).Distinct().Where(name => !name.Contains("hsv", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_case_gives_the_bytes_of_torchvision(string operation)
    {
        string[][] cases = [.. Rows.Where(row => row[3] == operation)];
        Assert.NotEmpty(cases);
        Assert.Equal([], cases.Where(row => Answer(row) != row[5]).Select(row => string.Join(' ', row[..5])));
    }

    [Fact]
    public void Every_colour_becomes_the_hue_saturation_and_value_of_pillow() =>
        Assert.Equal(Rows.Single(row => row[3] == "rgb_to_hsv")[5], HashOfAll(HueRotation.ToHsv));

    [Fact]
    public void Every_hue_saturation_and_value_becomes_the_colour_of_pillow() =>
        Assert.Equal(Rows.Single(row => row[3] == "hsv_to_rgb")[5], HashOfAll(HueRotation.ToRgb));

    private static string Answer(string[] row)
    {
        PixelBuffer pixels = TestPicture.Of(row[0], Number(row[1]), Number(row[2]));
        string[] parameters = row[4].Split(' ');
        float factor = float.TryParse(parameters[0], CultureInfo.InvariantCulture, out float parsed) ? parsed : 0;
        switch (row[3])
        {
            case "crop":
                var crop = new RandomCrop(Number(parameters[2]), Number(parameters[3]), Number(parameters[4]), Enum.Parse<CropBorder>(parameters[5]));
                crop.Crop(pixels, Number(parameters[0]), Number(parameters[1]));
                break;
            case "flip":
                RandomHorizontalFlip.Flip(pixels);
                break;
            case "resized_crop":
                (int width, int height) = (Number(parameters[4]), Number(parameters[5]));
                PixelView part = pixels.View.Crop(Number(parameters[0]), Number(parameters[1]), Number(parameters[2]), Number(parameters[3]));
                part.Resize(width, height, Enum.Parse<Interpolation>(parameters[6]), pixels.BeginReplacement(width, height));
                pixels.EndReplacement();
                break;
            case "brightness":
                ColorOperations.Brightness(pixels.Pixels, factor);
                break;
            case "contrast":
                ColorOperations.Contrast(pixels.Pixels, factor);
                break;
            case "saturation":
                ColorOperations.Saturation(pixels.Pixels, factor);
                break;
            case "sharpness":
                Sharpness.Apply(pixels, factor);
                break;
            case "hue":
                HueRotation.Apply(pixels.Pixels, double.Parse(parameters[0], CultureInfo.InvariantCulture));
                break;
            case "augment":
                RandAugment.Apply(pixels, Enum.Parse<AugmentOperation>(parameters[0]), Number(parameters[1]), parameters[2] == "-1");
                break;
            default:
                Assert.Fail($"the fixtures have an operation {row[3]} that the test does not know");
                break;
        }

        return Convert.ToHexStringLower(SHA256.HashData(pixels.Pixels));
    }

    private static string HashOfAll(Func<byte, byte, byte, (byte, byte, byte)> convert)
    {
        byte[] all = new byte[Values * Values * Values * Image.Channels];
        for (int i = 0, at = 0; at < all.Length; i++, at += Image.Channels)
        {
            (all[at], all[at + 1], all[at + 2]) = convert((byte)(i >> 16), (byte)(i >> 8), (byte)i);
        }

        return Convert.ToHexStringLower(SHA256.HashData(all));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
