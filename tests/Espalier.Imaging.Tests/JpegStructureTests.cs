using Espalier.Tensors;
using Espalier.Testing;
using static Espalier.Imaging.Tests.JpegFile;

namespace Espalier.Imaging.Tests;

/// <summary>What else a JPEG file may contain, and what it may not.</summary>
public class JpegStructureTests
{
    private static readonly byte[] Colour = Fixture.Bytes("jpeg/ycc-2x2-1x1-1x1.jpg");
    private static readonly byte[] Rgb = Fixture.Bytes("jpeg/rgb.jpg");
    private static readonly byte[] Deep = Fixture.Bytes("jpeg/progressive-deep-420.jpg");
    private static readonly byte[] Separate = Fixture.Bytes("jpeg/separate-440.jpg");

    [Fact]
    public void Fill_bytes_padding_and_trailing_data_change_nothing()
    {
        byte[] filled = Insert(Insert(Colour, [0, 0, 0xFF, 0, 7], Huffman), [0xFF, 0xFF], Quantization);

        AssertSame(Colour, [.. filled, .. "anything"u8, 0xFF, 0xD8, 0xFF]);
        AssertSame(Colour, [.. Colour[..^2], 0, 1, 2, 0xFF, 0x00, 0xFF, 0xD3, 0xFF, 0xFF, 0xD9]);
    }

    [Fact]
    public void A_height_that_comes_after_the_scan_is_found()
    {
        byte[] open = With(With(Colour, Frame, 1, 0), Frame, 2, 0);
        byte height = Colour[Find(Colour, Frame) + 6];

        AssertSame(Colour, [.. open[..^2], 0xFF, 0xDC, 0, 4, 0, height, 0xFF, 0xD9]);
        AssertRefused("no DNL segment", open);
    }

    [Fact]
    public void Colours_are_told_by_marker_and_component_name()
    {
        byte[] named = Without(Rgb, Adobe);
        byte[] jfif = Insert(named, Segment(Colour, App0), Quantization);
        byte[] adobe = With(Rgb, Adobe, 11, 1);

        AssertSame(Rgb, named);
        AssertSame(adobe, jfif); // JFIF is always YCbCr, whatever components are called
        Assert.NotEqual(Fixture.Describe(ImageDecoder.Decode(Rgb)), Fixture.Describe(ImageDecoder.Decode(jfif)));
    }

    [Theory]
    [InlineData(0xC3, "lossless")]
    [InlineData(0xC5, "hierarchical")]
    [InlineData(0xC9, "arithmetic-coded")]
    [InlineData(0xCA, "arithmetic-coded")]
    [InlineData(0xCB, "lossless and arithmetic-coded")]
    [InlineData(0xCF, "hierarchical and arithmetic-coded")]
    [InlineData(0xF7, "JPEG-LS")]
    public void Other_kinds_of_jpeg_are_refused_by_name(byte marker, string name)
    {
        byte[] other = [.. Colour];
        other[Find(Colour, Frame) + 1] = marker;

        AssertRefused($"this JPEG is {name};", other);
    }

    [Fact]
    public void A_frame_that_cannot_be_decoded_is_refused_by_what_it_has()
    {
        byte[] uneven = Fixture.Bytes("jpeg/ycc-4x1-2x1-1x1.jpg");

        AssertRefused("arithmetic-coded", Fixture.Bytes("jpeg/refused-arithmetic.jpg"));
        AssertRefused("12-bit samples", With(Colour, Frame, 0, 12));
        AssertRefused("2 components", With(Colour, Frame, 5, 2));
        AssertRefused("4 components need 18", With(Colour, Frame, 5, 4));
        AssertRefused("fractional ratio", With(uneven, Frame, 7, 0x31));
        AssertRefused("sampling factors 0x1", With(Colour, Frame, 7, 0x01));
        AssertRefused("sampling factors 1x5", With(Colour, Frame, 10, 0x15));
        AssertRefused("quantization table 4", With(Colour, Frame, 8, 4));
        AssertRefused("width and height must be positive", With(With(Colour, Frame, 3, 0), Frame, 4, 0));
    }

    [Fact]
    public void Tables_that_are_missing_or_wrong_are_refused()
    {
        AssertRefused("needs", Without(Colour, Quantization));
        AssertRefused("has not defined", Without(Deep, Huffman)); // the standard tables are for sequential files
        AssertRefused("has not defined", With(Without(Colour, Huffman), Scan, 2, 0x22)); // and there are two of each
        AssertRefused("more codes of one length", With(With(Colour, Huffman, 1, 5), Huffman, 3, 0));
        AssertRefused("more than there are symbols", With(With(Colour, Huffman, 10, 255), Huffman, 11, 255));
        AssertRefused("unknown class", With(Colour, Huffman, 0, 0x20));
        AssertRefused("precision above 16 bits", With(Colour, Quantization, 0, 0x20));
        AssertRefused("above 15 bits", With(Colour, Huffman, 17, 0x99));
        AssertRefused("less than the length field itself", Insert(Colour, [0xFF, 0xE5, 0, 1], Huffman));
    }

    [Fact(DisplayName = "Faults: no-huffman-tables.jpg")]
    public void Sequential_files_without_Huffman_tables_use_the_standard_ones() => Assert.Equal(
        ImageDecoder.Decode(Kit.Path("../faults/with-huffman-tables.jpg")).Pixels,
        ImageDecoder.Decode(Kit.Path("../faults/no-huffman-tables.jpg")).Pixels);

    [Fact]
    public void Scans_that_are_missing_repeated_or_impossible_are_refused()
    {
        AssertRefused("without a scan of component 2", Without(Separate, Scan, 1));
        AssertRefused("is coded twice", Insert(Separate, Segment(Separate, Scan), Scan, 1));
        AssertRefused("names component 9", With(Separate, Scan, 1, 9));
        AssertRefused("Huffman table above 3", With(Separate, Scan, 2, 0x04));
        AssertRefused("names 5 components", With(Colour, Scan, 0, 5));
        AssertRefused("before the frame", [.. Colour[..2], .. Segment(Colour, Scan), .. Colour[2..]]);
        AssertRefused("second frame", Insert(Colour, Segment(Colour, Frame), Scan));
        AssertRefused("second image", Insert(Colour, [0xFF, 0xD8], Scan));
        AssertRefused("contains no frame", Without(Without(Colour, Scan), Frame));
    }

    [Fact]
    public void A_progression_must_bring_every_bit_once_and_in_order()
    {
        AssertRefused("out of order or a second time", Insert(Deep, Segment(Deep, Scan, 1), Scan, 2));
        AssertRefused("out of order or a second time", Without(Deep, Scan, 1));
        AssertRefused("cannot hold", With(Deep, Scan, 3, 5));
        AssertRefused("cannot hold", With(Deep, Scan, 5, 0x31));
    }

    [Fact]
    public void Restart_markers_must_count()
    {
        byte[] file = Fixture.Bytes("jpeg/restart-1.jpg");
        int first = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xD0]);
        byte[] miscounted = [.. file];
        miscounted[first + 1] = 0xD1;

        AssertRefused("marker FFD1 instead of restart marker FFD0", miscounted);
        AssertRefused("ends early", [.. file[..(first - 4)], .. file[first..]]);
    }

    [Fact]
    public void Scans_are_limited()
    {
        ImageDecodingOptions few = new() { Limits = Limits.Default with { ImageScans = 32 } };
        ImageDecodingOptions enough = new() { Limits = Limits.Default with { ImageScans = 33 } };

        Assert.Contains("more than 32 scans", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(Deep, options: few)).Reason, StringComparison.Ordinal);
        Assert.Equal(61, ImageDecoder.Decode(Deep, options: enough).Width);
    }

    private static void AssertSame(byte[] expected, byte[] actual) =>
        Assert.Equal(Fixture.Describe(ImageDecoder.Decode(expected)), Fixture.Describe(ImageDecoder.Decode(actual)));

    private static void AssertRefused(string reason, byte[] file) =>
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(file)).Message, StringComparison.Ordinal);
}
