using System.Globalization;
using System.Security.Cryptography;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.ImageSharp.Tests;

/// <summary>Files that Pillow wrote, in forms that differ between decoders: the pixels are those of Pillow's <c>convert("RGB")</c>, or the file is refused.</summary>
public class PillowTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    private static readonly Dictionary<string, string> s_refused = new()
    {
        ["animated.webp"] = "Animated webp",
        ["animated-alpha.webp"] = "Animated webp",
        ["bilevel.tiff"] = "of a kind that is not supported",
        ["cmyk.tiff"] = "not supported: Separated",
        ["cmyk-random.tiff"] = "not supported: Separated",
        ["cmyk-lzw.tiff"] = "not supported: Separated",
        ["lab.tiff"] = "not supported: CieLab",
        ["float.tiff"] = "samples of more than 16 bits or floating-point numbers",
        ["part.gif"] = "the first frame of this GIF image covers only a part of it",
    };

    public PillowTests() => OtherImageFormats.Register();

    public static TheoryData<string, int, int, string> Files => new(File.ReadLines(Path.Combine(s_folder, "pillow.tsv")).Skip(1).Select(line => line.Split('\t'))
        .Select(row => (row[0], int.Parse(row[1], CultureInfo.InvariantCulture), int.Parse(row[2], CultureInfo.InvariantCulture), row[3])));

    [Theory(DisplayName = "Faults: WebP, BMP, GIF and TIFF have Pillow's pixels or are refused")]
    [MemberData(nameof(Files))]
    public void Pixels_are_those_of_pillow(string file, int width, int height, string hash)
    {
        string path = Path.Combine(s_folder, file);
        if (s_refused.TryGetValue(file, out string? reason))
        {
            Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(path)).Message, StringComparison.Ordinal);
            return;
        }

        Image image = ImageDecoder.Decode(path);
        if (file == "jpeg.tiff")
        {
            Assert.Contains("compressed as JPEG within TIFF", Assert.Single(image.Warnings), StringComparison.Ordinal); // the one file with other pixels, which it says
            return;
        }

        Assert.Equal((width, height, hash), (image.Width, image.Height, Convert.ToHexStringLower(SHA256.HashData(image.Pixels.Span))[..16]));
    }
}
