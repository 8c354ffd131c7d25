using Espalier.Tensors;
using static Espalier.Imaging.Tests.PngFile;

namespace Espalier.Imaging.Tests;

/// <summary>Files that promise more than they hold, or more than is granted.</summary>
public class LimitTests
{
    private const long FewBytes = 4 << 20;
    private static readonly ImageDecodingOptions NoPixelLimit = new() { Limits = Limits.Default with { ImagePixels = long.MaxValue } };
    private static readonly ImageDecodingOptions HundredPixels = new() { Limits = Limits.Default with { ImagePixels = 100 } };

    [Fact]
    public void A_large_header_on_a_small_file_costs_nothing()
    {
        byte[] jpeg = LargeJpeg(60_000, 60_000), png = Of(Header(60_000, 60_000), Chunk("IDAT", Deflate(new byte[1000])), Chunk("IEND"));

        AssertRefusedCheaply("60000x60000 pixels, more than the limit", jpeg, ImageDecodingOptions.Default);
        AssertRefusedCheaply("60000x60000 pixels, more than the limit", png, ImageDecodingOptions.Default);
        AssertRefusedCheaply("more than the limit", jpeg, NoPixelLimit); // no array is as long
        AssertRefusedCheaply("only", LargeJpeg(20_000, 20_000), NoPixelLimit);
        AssertRefusedCheaply("compressed bytes cannot hold", Of(Header(20_000, 20_000), Chunk("IDAT", Deflate(new byte[1000])), Chunk("IEND")), NoPixelLimit);
        AssertRefusedCheaply("that fit into one array", Of(Header(600_000_000, 1, depth: 16)), NoPixelLimit);
        AssertRefusedCheaply("more than the limit", Of(Header(uint.MaxValue, uint.MaxValue)), NoPixelLimit);
    }

    [Fact]
    public void A_file_that_inflates_without_end_is_stopped_at_the_headers_size()
    {
        byte[] file = Of(Header(2, 2), Chunk("IDAT", Deflate(new byte[100 << 20])), Chunk("IEND"));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Image image = ImageDecoder.Decode(file);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, FewBytes);
        Assert.Contains("more pixels", Assert.Single(image.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_pixel_limit_is_exact()
    {
        Image Read(int width, int height) => ImageDecoder.Decode(PngEncoder.Encode(new Image(width, height, new byte[3 * width * height])), options: HundredPixels);

        Assert.Equal(10, Read(10, 10).Width);
        Assert.Throws<MalformedInputException>(() => Read(101, 1));
    }

    [Fact]
    public void A_stream_that_is_no_image_is_refused_by_its_first_bytes()
    {
        var endless = new EndlessStream();
        Assert.Contains("neither a JPEG nor a PNG", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(endless)).Reason, StringComparison.Ordinal);
        Assert.InRange(endless.Position, 1, 1 << 20);
        Assert.Contains("it is empty", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(new MemoryStream())).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_image_is_refused_at_the_limit()
    {
        var endless = new EndlessStream([0xFF, 0xD8, 0xFF]);
        ImageDecodingOptions options = new() { Limits = Limits.Default with { ImageFileBytes = 3 << 20 } };
        Assert.Contains("the limit", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(endless, options: options)).Reason, StringComparison.Ordinal);
        Assert.InRange(endless.Position, 3 << 20, 4 << 20);
    }

    /// <summary>Bytes without end, after given ones.</summary>
    private sealed class EndlessStream(params byte[] start) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            for (int i = 0; i < count; i++, _position++)
            {
                buffer[offset + i] = _position < start.Length ? start[_position] : (byte)7;
            }

            return count;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    [Fact]
    public void Streams_are_read_whole_but_not_beyond_the_limit()
    {
        byte[] file = Fixture.Bytes("png/color2-depth8-plain.png");
        ImageDecodingOptions exact = new() { Limits = Limits.Default with { FileBytes = file.Length } };
        ImageDecodingOptions less = new() { Limits = Limits.Default with { FileBytes = file.Length - 1 } };

        Assert.Equal(19, ImageDecoder.Decode(new MemoryStream(file), options: exact).Width);
        Assert.Equal(19, ImageDecoder.Decode(new TrickleStream(file), options: exact).Width);
        Assert.Equal("a.png", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(new MemoryStream(file), "a.png", less)).Input);
        Assert.Contains("the limit", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(new TrickleStream(file), "a.png", less)).Reason, StringComparison.Ordinal);
    }

    /// <summary>Every scan of this file is a few bytes that make a decoder walk over sixteen million pixels.</summary>
    [Fact]
    public void A_bomb_of_empty_scans_is_stopped()
    {
        byte[] file = ScanBomb.Create(side: 4096, acScans: 150);

        string reason = Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(file)).Reason;

        Assert.Contains("more than 100 scans", reason, StringComparison.Ordinal);
        Assert.Equal(4096, ImageDecoder.Decode(ScanBomb.Create(side: 4096, acScans: 3)).Width);
    }

    private static byte[] LargeJpeg(int width, int height)
    {
        byte[] file = Fixture.Bytes("jpeg/ycc-2x2-1x1-1x1.jpg");
        byte[] size = [(byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width];
        size.CopyTo(file, JpegFile.Find(file, JpegFile.Frame) + 5);
        return file;
    }

    private static void AssertRefusedCheaply(string reason, byte[] file, ImageDecodingOptions options)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(file, options: options)).Reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, FewBytes);
    }

    /// <summary>Gives three bytes at a time, and no length.</summary>
    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 3));
    }
}
