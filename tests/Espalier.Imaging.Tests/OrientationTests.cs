using System.Buffers.Binary;

namespace Espalier.Imaging.Tests;

public class OrientationTests
{
    private static readonly byte[] Upright = Fixture.Bytes("jpeg/progressive-420.jpg");

    public static TheoryData<int, int, int, string> Orientations => new(Fixture.Table(Fixture.Path("orientations.tsv"))
        .Select(row => (Fixture.Number(row[0]), Fixture.Number(row[1]), Fixture.Number(row[2]), row[3])));

    [Theory]
    [MemberData(nameof(Orientations))]
    public void A_photograph_is_turned_as_pillow_turns_it(int orientation, int width, int height, string hash)
    {
        byte[] file = WithExif(Upright, Tiff(orientation, bigEndian: orientation % 2 == 0));

        Assert.Equal((width, height, hash), Fixture.Describe(ImageDecoder.Decode(file)));
    }

    [Fact]
    public void The_stored_pixels_can_be_had_too()
    {
        byte[] file = WithExif(Upright, Tiff(6, bigEndian: true));
        Image stored = ImageDecoder.Decode(file, options: new ImageDecodingOptions { ApplyOrientation = false });

        Assert.Equal(Fixture.Describe(ImageDecoder.Decode(Upright)), Fixture.Describe(stored));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(65535)]
    public void An_orientation_that_does_not_exist_is_ignored(int orientation) =>
        Assert.Equal(50, ImageDecoder.Decode(WithExif(Upright, Tiff(orientation, bigEndian: false))).Width);

    [Fact]
    public void Broken_exif_never_spoils_the_picture()
    {
        byte[] tiff = Tiff(6, bigEndian: true);
        for (int length = 0; length < tiff.Length; length++)
        {
            Assert.Equal(50 * 45, Area(ImageDecoder.Decode(WithExif(Upright, tiff[..length]))));
        }

        for (int i = 0; i < tiff.Length * 8; i++)
        {
            byte[] damaged = [.. tiff];
            damaged[i / 8] ^= (byte)(1 << (i % 8));
            Assert.Equal(50 * 45, Area(ImageDecoder.Decode(WithExif(Upright, damaged))));
        }
    }

    [Fact]
    public void Of_two_exif_segments_the_first_counts()
    {
        byte[] file = WithExif(WithExif(Upright, Tiff(1, bigEndian: true)), Tiff(6, bigEndian: true));

        Assert.Equal((45, 50), (ImageDecoder.Decode(file).Width, ImageDecoder.Decode(file).Height));
    }

    [Fact]
    public void A_png_is_turned_too()
    {
        byte[] png = Fixture.Bytes("png/color2-depth8-plain.png");
        byte[] file = PngFile.Insert(png, PngFile.Chunk("eXIf", Tiff(8, bigEndian: false)), beforeType: "IDAT");

        Assert.Equal((13, 19), (ImageDecoder.Decode(file).Width, ImageDecoder.Decode(file).Height));
    }

    private static int Area(Image image) => image.Width * image.Height;

    private static byte[] WithExif(byte[] jpeg, byte[] tiff)
    {
        byte[] body = [.. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], 0xFF, 0xE1, .. BigEndian(body.Length + 2), .. body, .. jpeg[2..]];
    }

    /// <summary>A directory of two entries, orientation the second.</summary>
    private static byte[] Tiff(int orientation, bool bigEndian)
    {
        byte[] Word(int value) => bigEndian ? BigEndian(value) : [.. BigEndian(value).Reverse()];
        byte[] Long(int value) => bigEndian ? [0, 0, .. Word(value)] : [.. Word(value), 0, 0];
        byte[] make = [.. Word(0x010F), .. Word(2), .. Long(1), (byte)'E', 0, 0, 0];
        byte[] turn = [.. Word(0x0112), .. Word(3), .. Long(1), .. Word(orientation), 0, 0];
        return [.. bigEndian ? "MM"u8 : "II"u8, .. Word(42), .. Long(8), .. Word(2), .. make, .. turn, .. Long(0)];
    }

    private static byte[] BigEndian(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
