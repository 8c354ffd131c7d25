using System.Runtime.InteropServices;

namespace Espalier.Tensors.Tests;

public sealed class MappedFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"espalier-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(1, 99_999)]
    [InlineData(4096, 5)]
    [InlineData(65_537, 1000)]
    [InlineData(99_999, 1)]
    public void Any_part_of_a_file_maps_to_its_bytes(int offset, int length)
    {
        byte[] bytes = Bytes(100_000);
        File.WriteAllBytes(_path, bytes);
        Assert.Equal(bytes.AsSpan(offset, length), MappedFile.Map(_path, offset, length).Span);
    }

    [Fact]
    public void An_empty_part_is_empty_also_at_the_end_of_an_empty_file()
    {
        File.WriteAllBytes(_path, []);
        Assert.True(MappedFile.Map(_path, 0, 0).IsEmpty);
    }

    [Theory]
    [InlineData(0, 11)]
    [InlineData(10, 1)]
    [InlineData(11, 0)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(5, int.MaxValue)]
    public void A_part_beyond_the_end_is_malformed_input(long offset, int length)
    {
        File.WriteAllBytes(_path, Bytes(10));
        var error = Assert.Throws<MalformedInputException>(() => MappedFile.Map(_path, offset, length));
        Assert.Equal(10, error.Offset);
        Assert.Contains(Path.GetFileName(_path), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Negative_parts_are_the_callers_mistake()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MappedFile.Map(_path, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MappedFile.Map(_path, 0, -1));
    }

    [Fact]
    public void A_file_that_is_not_there_is_said_to_be_missing() =>
        Assert.Throws<FileNotFoundException>(() => MappedFile.Map(_path, 0, 1));

    [Fact]
    public void A_mapping_outlives_everything_but_its_bytes()
    {
        File.WriteAllBytes(_path, Bytes(50_000));
        ReadOnlyMemory<byte> mapped = MappedFile.Map(_path, 0, 50_000);
        File.Delete(_path);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(Bytes(50_000), mapped.ToArray());
    }

    [Fact]
    public void A_tensor_over_a_mapping_is_read_only_and_converts_at_any_offset()
    {
        float[] values = [1.5f, -2, float.NaN];
        byte[] file = new byte[3 + 12];
        Buffer.BlockCopy(values, 0, file, 3, 12);
        File.WriteAllBytes(_path, file);
        Tensor tensor = Tensor.Over([3], ElementType.Float32, MappedFile.Map(_path, 3, 12));
        Assert.Equal(values, tensor.Read<float>().ToArray());
        Assert.Equal([1.5, -2, double.NaN], tensor.To(ElementType.Float64).Read<double>().ToArray());
        Assert.Throws<InvalidOperationException>(() => tensor.Write<float>().Length);
        Assert.True(tensor.Copy().BitEquals(tensor));
    }

    [Fact]
    public void It_can_be_pinned_within_its_bounds_only()
    {
        File.WriteAllBytes(_path, Bytes(10));
        Assert.True(MemoryMarshal.TryGetMemoryManager(MappedFile.Map(_path, 0, 10), out MappedFile? file));
        file.Pin(10).Dispose();
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Pin(11));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Pin(-1));
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 31 % 251))];
}
