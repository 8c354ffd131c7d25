using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Data.Tests.Datasets;

public class IdxDatasetTests
{
    private static readonly byte[] Images = TestFiles.Idx([2, 1, 3], 1, 2, 3, 4, 5, 6);
    private static readonly byte[] Classes = TestFiles.Idx([2], 4, 0);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gray_images_are_read_packed_or_not(bool packed)
    {
        using var folder = new TemporaryFolder();
        IdxDataset data = IdxDataset.Open(folder.Write("i", packed ? TestFiles.Gzip(Images) : Images), folder.Write("c", packed ? TestFiles.Gzip(Classes) : Classes));
        var pixels = new PixelBuffer();
        data.Read(1, pixels);

        Assert.Equal((2, "1x1x3", 10, 4, 0), (data.Count, data.SampleShape.ToString(), data.Labels.Count, data.LabelOf(0), data.LabelOf(1)));
        Assert.Equal((3, 1), (pixels.Width, pixels.Height));
        Assert.Equal([4, 4, 4, 5, 5, 5, 6, 6, 6], pixels.Pixels.ToArray());
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        using var folder = new TemporaryFolder();
        string classes = folder.Write("c", Classes);
        for (int length = 0; length < Images.Length; length++)
        {
            string path = folder.Write("i", Images[..length]);
            Assert.Throws<MalformedInputException>(() => IdxDataset.Open(path, classes));
        }
    }

    [Fact]
    public void Every_truncation_of_a_packed_file_that_takes_data_away_is_refused()
    {
        using var folder = new TemporaryFolder();
        string classes = folder.Write("c", Classes);
        byte[] packed = TestFiles.Gzip(Images);
        int refused = Enumerable.Range(0, packed.Length).Count(length =>
        {
            string path = folder.Write("i", packed[..length]);
            try
            {
                var pixels = new PixelBuffer();
                IdxDataset.Open(path, classes).Read(1, pixels); // only what follows the data is missing
                Assert.Equal([4, 4, 4, 5, 5, 5, 6, 6, 6], pixels.Pixels.ToArray());
                return false;
            }
            catch (MalformedInputException)
            {
                return true;
            }
        });

        Assert.InRange(refused, packed.Length - 10, packed.Length); // the last block's end, checksum and length
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 13, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0 }, "magic number 0x00000D03, expected 0x00000803")] // floats
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1 }, "extent 0 is 0")]
    [InlineData(new byte[] { 0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, "extent 0 is 4294967295")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 127, 255, 255, 255, 1, 2, 3, 4 }, "extent 2 is 2147483647")]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9 }, "the file has more than the 2 bytes")]
    public void Headers_that_lie_are_refused_before_anything_is_allocated(byte[] file, string reason)
    {
        using var folder = new TemporaryFolder();
        string classes = folder.Write("c", Classes), plain = folder.Write("i", file), packed = folder.Write("z", TestFiles.Gzip(file));

        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => IdxDataset.Open(plain, classes)).Message, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => IdxDataset.Open(packed, classes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_bomb_stops_at_the_limit()
    {
        using var folder = new TemporaryFolder();
        string classes = folder.Write("c", Classes), bomb = folder.Write("i", TestFiles.Gzip([.. TestFiles.Idx([1, 1000, 1000]), .. new byte[1_000_000]]));
        Limits small = Limits.Default with { FileBytes = 100_000 };

        Assert.Contains("at most 100000 bytes", Assert.Throws<MalformedInputException>(() => IdxDataset.Open(bomb, classes, limits: small)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_that_do_not_fit_are_refused()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Images);

        Assert.Contains("3 classes for the 2 images", Refusal(TestFiles.Idx([3], 1, 2, 3)), StringComparison.Ordinal);
        Assert.Contains("at byte 9: found class 10, expected 0 to 9", Refusal(TestFiles.Idx([2], 1, 10)), StringComparison.Ordinal);

        string Refusal(byte[] classes) => Assert.Throws<MalformedInputException>(() => IdxDataset.Open(images, folder.Write("c", classes), ClassNames.Fashion)).Message;
    }

    [Fact]
    public void Damaged_packing_is_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] packed = TestFiles.Gzip(Images);
        packed[12] ^= 0xFF;
        string classes = folder.Write("c", Classes), damaged = folder.Write("i", packed);

        Assert.Throws<MalformedInputException>(() => IdxDataset.Open(damaged, classes));
    }
}
