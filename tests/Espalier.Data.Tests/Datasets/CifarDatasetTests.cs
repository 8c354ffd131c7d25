using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Data.Tests.Datasets;

public class CifarDatasetTests
{
    [Fact]
    public void Records_of_several_files_follow_each_other_with_planes_woven_into_pixels()
    {
        using var folder = new TemporaryFolder();
        byte[] first = TestFiles.Cifar([7], [2]);
        (first[1], first[1 + 1024], first[1 + 2048]) = (10, 20, 30);
        CifarDataset data = CifarDataset.Open([folder.Write("a.bin", first), folder.Write("b.bin", TestFiles.Cifar([9]))]);
        var pixels = new PixelBuffer();
        data.Read(0, pixels);

        Assert.Equal((3, 10, "3x32x32"), (data.Count, data.Labels.Count, data.SampleShape.ToString()));
        Assert.Equal([7, 2, 9], Enumerable.Range(0, 3).Select(data.LabelOf));
        Assert.Equal([10, 20, 30, 0, 0, 0], pixels.Pixels[..6].ToArray());
        Assert.Equal(Path.Combine(folder.Path, "b.bin") + "[0]", data.NameOf(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.LabelOf(3));
    }

    [Fact]
    public void The_length_tells_cifar_100_whose_second_byte_is_the_class()
    {
        using var folder = new TemporaryFolder();
        CifarDataset data = CifarDataset.Open([folder.Write("train.bin", TestFiles.Cifar([19, 99], [3, 0]))]);

        Assert.Equal((2, 100, 99, 0), (data.Count, data.Labels.Count, data.LabelOf(0), data.LabelOf(1)));
        Assert.Equal("worm", data.Labels[99]);
        Assert.Equal(100, data.Labels.Distinct().Count());
        Assert.Equal(data.Labels.Order(StringComparer.Ordinal), data.Labels);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3072)]
    [InlineData(3075)]
    public void A_file_of_another_length_is_refused(int length)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("x.bin", new byte[length]);

        Assert.Contains($"found {length} bytes, expected a multiple of 3073", Assert.Throws<MalformedInputException>(() => CifarDataset.Open([path])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_does_not_exist_is_refused_with_its_place()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(3073, Assert.Throws<MalformedInputException>(() => CifarDataset.Open([folder.Write("x.bin", TestFiles.Cifar([1], [10]))])).Offset);
        Assert.Equal(3075, Assert.Throws<MalformedInputException>(() => CifarDataset.Open([folder.Write("y.bin", TestFiles.Cifar([1, 1], [1, 100]))])).Offset);
    }
}
