using Espalier.Data;
using Espalier.Imaging;
using Espalier.Tensors;
using Espalier.Testing;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using Image = Espalier.Imaging.Image;

namespace Espalier.ImageSharp.Tests;

public class OtherImageFormatTests
{
    private const int Width = 9, Height = 5;

    public OtherImageFormatTests() => OtherImageFormats.Register();

    [Theory(DisplayName = "Faults: WebP, BMP and TIFF are read by an optional package, pixel by pixel")]
    [InlineData("webp")]
    [InlineData("bmp")]
    [InlineData("tiff")]
    public void Lossless_formats_have_their_pixels(string format)
    {
        Image image = ImageDecoder.Decode(Encode(format, Picture()));
        Assert.Equal((Width, Height), (image.Width, image.Height));
        Assert.Equal(Pixels(Picture()), image.Pixels.ToArray());
    }

    [Fact(DisplayName = "Faults: a BMP written by hand has its pixels: rows from below, blue first")]
    public void A_bitmap_by_hand()
    {
        byte[] file = [.. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 3, 2, 1, 6, 5, 4, 0, 0, 9, 8, 7, 12, 11, 10, 0, 0];
        Assert.Equal([7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6], ImageDecoder.Decode(file).Pixels.ToArray());
    }

    [Fact(DisplayName = "Faults: of a GIF the first frame is read")]
    public void The_first_frame_of_an_animation()
    {
        using var picture = new Image<Rgb24>(Width, Height, new Rgb24(255, 0, 0));
        using var second = new Image<Rgb24>(Width, Height, new Rgb24(0, 255, 0));
        picture.Frames.AddFrame(second.Frames.RootFrame);
        Image image = ImageDecoder.Decode(Encode("gif", picture));
        Assert.Equal((byte[])[255, 0, 0], image.Row(0)[..3].ToArray());
    }

    [Fact(DisplayName = "Faults: limits apply before decoding, as the header says the size")]
    public void Limits_are_those_of_the_options()
    {
        foreach (string format in new[] { "webp", "bmp", "tiff", "gif" })
        {
            byte[] file = Encode(format, Picture());
            var options = new ImageDecodingOptions { Limits = Limits.Default with { ImagePixels = (Width * Height) - 1 } };
            Assert.Contains("9x5 pixels, more than the limit of 44", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(file, options: options)).Message, StringComparison.Ordinal);
            Assert.Equal(Width, ImageDecoder.Decode(file, options: options with { Limits = Limits.Default with { ImagePixels = Width * Height } }).Width);
        }
    }

    [Fact]
    public void Damaged_files_are_malformed_input_and_nothing_else()
    {
        foreach (string format in new[] { "webp", "bmp", "tiff", "gif" })
        {
            byte[] file = Encode(format, Picture());
            for (int i = 0; i < 400; i++)
            {
                byte[] damaged = i < file.Length ? file[..i] : [.. file];
                if (damaged.Length == file.Length)
                {
                    damaged[i * 7919 % file.Length] ^= (byte)(1 << (i % 8));
                }

                try
                {
                    ImageDecoder.Decode(damaged, options: new ImageDecodingOptions { Limits = Limits.Default with { ImagePixels = 1 << 20 } });
                }
                catch (MalformedInputException)
                {
                    // what a damaged file may do
                }
            }
        }
    }

    [Theory]
    [InlineData("webp")]
    [InlineData("tiff")]
    public void The_orientation_is_applied_by_choice(string format)
    {
        using Image<Rgb24> picture = Picture();
        var profile = new ExifProfile();
        profile.SetValue(ExifTag.Orientation, (ushort)6);
        picture.Metadata.ExifProfile = profile;
        picture.Frames.RootFrame.Metadata.ExifProfile = profile;
        byte[] file = Encode(format, picture);
        Assert.Equal((Height, Width), (ImageDecoder.Decode(file).Width, ImageDecoder.Decode(file).Height));
        Assert.Equal(Width, ImageDecoder.Decode(file, options: new ImageDecodingOptions { ApplyOrientation = false }).Width);
    }

    [Fact(DisplayName = "Faults: a class folder of webp and bmp counts once their decoder is registered")]
    public void Folders_count_files_with_the_extensions_of_registered_decoders()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a/1.webp", Encode("webp", Picture()));
        folder.Write("a/2.BMP", Encode("bmp", Picture()));
        folder.Write("a/3.png", PngEncoder.Encode(new Image(Width, Height, Pixels(Picture()))));
        ImageFileDataset data = ImageFileDataset.OpenFolders(folder.Path);
        Assert.Equal(3, data.Count);
        Assert.Empty(data.Notes);
        var pixels = new PixelBuffer();
        for (int i = 0; i < 3; i++)
        {
            data.Read(i, pixels);
            Assert.Equal(Pixels(Picture()), pixels.Pixels.ToArray());
        }
    }

    private static byte[] Encode(string format, Image<Rgb24> picture)
    {
        using var stream = new MemoryStream();
        switch (format)
        {
            case "webp": picture.SaveAsWebp(stream, new WebpEncoder { FileFormat = WebpFileFormatType.Lossless }); break;
            case "bmp": picture.SaveAsBmp(stream); break;
            case "gif": picture.SaveAsGif(stream, new GifEncoder()); break;
            default: picture.SaveAsTiff(stream, new TiffEncoder()); break;
        }

        return stream.ToArray();
    }

    private static Image<Rgb24> Picture()
    {
        var picture = new Image<Rgb24>(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                picture[x, y] = new Rgb24((byte)(x * 20), (byte)(y * 50), (byte)(x * y));
            }
        }

        return picture;
    }

    private static byte[] Pixels(Image<Rgb24> picture)
    {
        byte[] pixels = new byte[Width * Height * 3];
        picture.CopyPixelDataTo(pixels);
        return pixels;
    }
}
