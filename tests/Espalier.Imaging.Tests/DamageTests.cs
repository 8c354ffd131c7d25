using System.Diagnostics;
using Espalier.Tensors;

namespace Espalier.Imaging.Tests;

/// <summary>Whatever happens to a file, it decodes or ends in the one error, soon and in little memory.</summary>
public class DamageTests
{
    private const ulong Seed = 20_240;
    private const long MostBytes = 32 << 20; // the limits below allow 100,000 pixels: 300 kB of them, and planes, coefficients and tables
    private const int PngEnd = 12; // the IEND chunk, which may be missing
    private static readonly ImageDecodingOptions Small = new() { Limits = Limits.Default with { ImagePixels = 100_000 } };

    [Theory]
    [InlineData("jpeg/progressive-420.jpg")]
    [InlineData("jpeg/restart-1.jpg")]
    [InlineData("jpeg/gray.jpg")]
    [InlineData("jpeg/separate-420.jpg")]
    [InlineData("png/color3-depth4-adam7.png", PngEnd)]
    [InlineData("png/color6-depth16-plain.png", PngEnd)]
    public void A_file_cut_off_before_its_end_is_refused(string file, int end = 0)
    {
        byte[] whole = Fixture.Bytes(file);
        for (int length = 0; length < whole.Length - end; length++)
        {
            Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(whole.AsMemory(0, length), options: Small));
        }

        for (int length = whole.Length - end; length <= whole.Length; length++)
        {
            Image image = ImageDecoder.Decode(whole.AsMemory(0, length), options: Small);
            Assert.Equal(Fixture.Describe(Fixture.Decode(file)), Fixture.Describe(image));
            Assert.Equal(length < whole.Length, image.Warnings.Count == 1);
        }
    }

    [Theory]
    [InlineData("jpeg/ycc-2x2-1x1-1x1.jpg", 800)]
    [InlineData("jpeg/progressive-deep-441.jpg", 800)]
    [InlineData("jpeg/ycck-subsampled.jpg", 400)]
    [InlineData("jpeg/separate-2x4-1x2-1x1.jpg", 400)]
    [InlineData("png/color2-depth16-adam7.png", 700)]
    [InlineData("png/color3-depth2-plain.png", 700)]
    [InlineData("png/color4-depth8-adam7.png", 700)]
    public void A_flipped_bit_gives_an_image_or_the_error(string file, int flips)
    {
        byte[] whole = Fixture.Bytes(file);
        CounterRandom random = new CounterRandom(Seed).Stream(file);
        for (int i = 0; i < flips; i++)
        {
            byte[] damaged = [.. whole];
            int bit = (int)random.Below((ulong)i, 8 * whole.Length);
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            RequireImageOrError(damaged, $"{file}, bit {bit} flipped");
        }
    }

    [Theory]
    [InlineData("jpeg/ycc-4x1-2x1-1x1.jpg")]
    [InlineData("jpeg/progressive-restart.jpg")]
    [InlineData("png/color6-depth8-adam7.png")]
    public void Bytes_overwritten_in_many_places_give_an_image_or_the_error(string file)
    {
        byte[] whole = Fixture.Bytes(file);
        CounterRandom random = new CounterRandom(Seed).Stream(file);
        for (ulong i = 0; i < 500; i++)
        {
            byte[] damaged = [.. whole];
            CounterRandom one = random.Stream(i);
            long count = one.Below(0, 20) + 1;
            for (ulong k = 1; k <= (ulong)count; k++)
            {
                damaged[one.Below(2 * k, whole.Length)] = (byte)one.Below((2 * k) + 1, 256);
            }

            RequireImageOrError(damaged, $"{file}, seed {Seed}, damage {i}");
        }
    }

    [Fact]
    public void Anything_that_is_neither_a_jpeg_nor_a_png_is_refused()
    {
        foreach (byte[] file in (byte[][])[[], [0xFF], [0x89, (byte)'P'], [.. "GIF89a"u8], [.. "\u0089PNG\n\u001a\n"u8]])
        {
            Assert.Contains("neither a JPEG nor a PNG", Assert.Throws<MalformedInputException>(() => ImageDecoder.Decode(file)).Reason, StringComparison.Ordinal);
        }
    }

    private static void RequireImageOrError(byte[] file, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        try
        {
            Image image = ImageDecoder.Decode(file, options: Small);
            Assert.InRange((long)image.Width * image.Height, 1, Small.Limits.ImagePixels);
        }
        catch (MalformedInputException error)
        {
            Assert.NotEmpty(error.Reason);
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{what}: {error}");
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{what}: took {watch.Elapsed}");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < MostBytes, $"{what}: took {allocated} bytes");
    }
}
