using Espalier.Tensors;
using Espalier.Testing;
using static Espalier.Imaging.Tests.PngFile;

namespace Espalier.Imaging.Tests;

/// <summary>What a PNG file may contain, and what it may not.</summary>
public class PngStructureTests
{
    private static readonly byte[] End = Chunk("IEND");
    private static readonly byte[] TwoByOne = Deflate([0, 1, 2, 3, 4, 5, 6]);

    [Fact]
    public void Pixels_may_come_in_any_number_of_chunks_beside_others_and_before_anything()
    {
        byte[][] bytes = [.. TwoByOne.Select(b => Chunk("IDAT", b))];
        byte[] file = [.. Of([Header(2, 1), Chunk("tEXt", 1), Chunk("PLTE", 1, 2, 3), Chunk("IDAT"), .. bytes, Chunk("zzZz"), End]), 1, 2, 3];

        Assert.Equal([1, 2, 3, 4, 5, 6], ImageDecoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void Chunks_out_of_place_are_refused()
    {
        byte[] header = Header(2, 1), pixels = Chunk("IDAT", TwoByOne);

        AssertRefused("the IHDR chunk must come first and only once", pixels, End);
        AssertRefused("the IHDR chunk must come first and only once", header, header, pixels, End);
        AssertRefused("no IDAT", header, End);
        AssertRefused("is between the IDAT chunks", header, Chunk("IDAT", TwoByOne[..4]), Chunk("tEXt"), Chunk("IDAT", TwoByOne[4..]), End);
        AssertRefused("the file has a second palette, or one after its pixels", header, pixels, Chunk("PLTE", 1, 2, 3), End);
        AssertRefused("unknown type", header, Chunk("ZZZZ"), pixels, End);
        AssertRefused("no palette", Header(2, 1, color: 3), pixels, End);
        AssertRefused("a palette has 4 bytes", header, Chunk("PLTE", 1, 2, 3, 4), pixels, End);
        AssertRefused("a palette has 0 bytes", header, Chunk("PLTE"), pixels, End);
        AssertRefused("the file ends", header);
    }

    [Fact]
    public void Headers_outside_the_specification_are_refused()
    {
        AssertRefused("width and height must be positive", Header(0, 1));
        AssertRefused("colour type 5", Header(2, 1, color: 5));
        AssertRefused("16 bits", Header(2, 1, depth: 16, color: 3));
        AssertRefused("interlace 2", Header(2, 1, interlace: 2));
        AssertRefused("instead of 13", Chunk("IHDR", 1, 2, 3));
    }

    [Fact]
    public void Pixels_that_do_not_add_up_are_refused()
    {
        byte[] header = Header(2, 1);
        byte[] wrongSum = [.. TwoByOne[..^1], (byte)(TwoByOne[^1] ^ 1)];

        AssertRefused("end before the last row", header, Chunk("IDAT", Deflate([0, 1, 2, 3])), End);
        AssertRefused("damaged", header, Chunk("IDAT", wrongSum), End);
        AssertRefused("damaged", header, Chunk("IDAT", 1, 2, 3), End);
        AssertRefused("filter 5", header, Chunk("IDAT", Deflate([5, 1, 2, 3, 4, 5, 6])), End);
        AssertRefused("palette entry 2, but the palette has 2 entries", Header(2, 1, color: 3), Chunk("PLTE", 1, 2, 3, 4, 5, 6), Chunk("IDAT", Deflate([0, 1, 2])), End);
    }

    [Fact]
    public void Every_checksum_up_to_the_last_pixel_counts()
    {
        byte[] file = Of(Header(2, 1), Chunk("tEXt", 1, 2), Chunk("IDAT", TwoByOne), End);
        foreach (string type in (string[])["IHDR", "tEXt", "IDAT"])
        {
            byte[] damaged = WithWrongChecksum(file, type);

            Assert.Contains("checksum", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(damaged)).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Faults_after_the_last_pixel_are_warnings()
    {
        byte[] header = Header(2, 1), pixels = Chunk("IDAT", TwoByOne);

        AssertWarning("more pixels", Of(header, Chunk("IDAT", Deflate([0, 1, 2, 3, 4, 5, 6, 7])), End));
        AssertWarning("without an IEND", Of(header, pixels));
        AssertWarning("without an IEND", Of(header, pixels, [0, 0, 0, 0, 1]));
        AssertWarning("without an IEND", Of(header, pixels, Chunk("tEXt", 1, 2, 3)[..^5]));
        AssertWarning("checksum", WithWrongChecksum(Of(header, pixels, Chunk("tEXt", 1, 2), End), "tEXt"));
        AssertWarning("checksum", WithWrongChecksum(Of(header, pixels, End), "IEND"));
        Assert.Empty(ImageDecoder.Decode(Of(header, pixels, End)).Warnings);
    }

    [Theory(DisplayName = "Faults: surplus-row.png, no-iend.png")]
    [InlineData("surplus-row.png")]
    [InlineData("no-iend.png")]
    public void Files_that_Pillow_reads_with_faults_after_the_last_pixel(string name)
    {
        Image image = ImageDecoder.Decode(Kit.Path("../faults/" + name));

        Assert.Single(image.Warnings);
        Assert.Equal(ImageDecoder.Decode(Kit.Path("../faults/plain.png")).Pixels, image.Pixels);
    }

    private static void AssertWarning(string warning, byte[] file)
    {
        Image image = ImageDecoder.Decode(file, "photo.png");

        Assert.Equal([1, 2, 3, 4, 5, 6], image.Pixels.ToArray());
        Assert.Contains(warning, Assert.Single(image.Warnings), StringComparison.Ordinal);
        Assert.StartsWith("photo.png, byte ", image.Warnings[0], StringComparison.Ordinal);
    }

    private static byte[] WithWrongChecksum(byte[] file, string type)
    {
        byte[] damaged = [.. file];
        int at = file.AsSpan().IndexOf(System.Text.Encoding.Latin1.GetBytes(type));
        damaged[at + 4 + file[at - 1]] ^= 1;
        return damaged;
    }

    private static void AssertRefused(string reason, params byte[][] chunks) =>
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(Of(chunks))).Message, StringComparison.Ordinal);
}
