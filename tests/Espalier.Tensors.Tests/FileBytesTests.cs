using System.Runtime.InteropServices;

namespace Espalier.Tensors.Tests;

public sealed class FileBytesTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"espalier-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_tensor_in_a_file_copies_without_being_read_into_memory_and_can_be_read_too()
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => (float)i)];
        Tensor tensor = Over(values);

        var copy = new float[1000];
        tensor.CopyTo<float>(copy);
        Assert.Equal(values, copy);
        Assert.True(tensor.IsDeferred);
        Assert.Equal(values, tensor.Read<float>().ToArray());
        Assert.Equal(Array.ConvertAll(values, value => (double)value), tensor.To(ElementType.Float64).Read<double>().ToArray());
        Assert.Throws<ArgumentException>(() => tensor.CopyTo<float>(new float[999]));
        Assert.Throws<InvalidOperationException>(() => tensor.CopyTo<double>(new double[500]));
    }

    [Fact]
    public void Reshaped_tensors_and_parts_copy_their_own_bytes()
    {
        Tensor tensor = Over([1, 2, 3, 4, 5, 6]).Reshape([2, 3]);
        var copy = new float[6];
        tensor.CopyTo<float>(copy);
        Assert.Equal([1, 2, 3, 4, 5, 6], copy);

        Tensor part = Tensor.Over([2], ElementType.Float32, tensor.Bytes[8..16]);
        var two = new float[2];
        part.CopyTo<float>(two);
        Assert.Equal([3, 4], two);
        Assert.Equal([3, 4], part.Read<float>().ToArray());
    }

    [Fact]
    public void Some_of_the_elements_can_be_copied_from_a_file_and_from_memory()
    {
        foreach (Tensor tensor in new[] { Over([1, 2, 3, 4, 5, 6]), Tensor.From([6], 1, 2, 3, 4, 5, 6) })
        {
            var two = new float[2];
            tensor.CopyTo<float>(4, two);
            Assert.Equal([5, 6], two);
            Assert.Throws<ArgumentException>(() => tensor.CopyTo<float>(5, two));
            Assert.Throws<ArgumentException>(() => tensor.CopyTo<float>(-1, two));
            Assert.Throws<InvalidOperationException>(() => tensor.CopyTo<double>(0, new double[1]));
        }
    }

    [Theory]
    [InlineData("overwritten")]
    [InlineData("longer")]
    public void A_file_that_was_changed_in_place_meanwhile_is_malformed_input(string how)
    {
        Tensor tensor = Over(new float[100]);
        Thread.Sleep(20); // beyond the resolution of the file system's clock
        using (var stream = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.Seek(0, how == "longer" ? SeekOrigin.End : SeekOrigin.Begin);
            stream.WriteByte(1);
        }

        Assert.Contains("the file was changed while it was in use", Assert.Throws<MalformedInputException>(() => tensor.Read<float>().Length).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_replaced_or_deleted_is_read_on()
    {
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => (float)i)];
        Tensor tensor = Over(values);
        AtomicFile.Write(_path, stream => stream.Write(new byte[values.Length * sizeof(float)]));
        Assert.Equal(values, tensor.Copy().Read<float>().ToArray());
        File.Delete(_path);
        Assert.Equal(values, tensor.Read<float>().ToArray());
    }

    [Theory]
    [InlineData(0, 100_000)]
    [InlineData(1, 99_999)]
    [InlineData(65_537, 1000)]
    public void Any_part_of_a_file_is_its_bytes_and_can_be_pinned(int offset, int length)
    {
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31 % 251))];
        File.WriteAllBytes(_path, bytes);
        ReadOnlyMemory<byte> part = FileBytes.Of(SourceFile.Open(_path), offset, length);
        using (part.Pin())
        {
            Assert.Equal(bytes.AsSpan(offset, length), part.Span);
        }

        Assert.True(MemoryMarshal.TryGetMemoryManager(part, out FileBytes? memory));
        memory.Pin(length).Dispose();
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Pin(length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Pin(-1));
    }

    [Fact]
    public void A_tensor_in_a_file_is_read_only_and_converts_at_any_offset()
    {
        File.WriteAllBytes(_path, [0, 0, 0, .. MemoryMarshal.AsBytes<float>([1.5f, -2, float.NaN])]);
        Tensor tensor = Tensor.Over([3], ElementType.Float32, FileBytes.Of(SourceFile.Open(_path), 3, 12));
        Assert.Equal([1.5f, -2, float.NaN], tensor.Read<float>().ToArray());
        Assert.Equal([1.5, -2, double.NaN], tensor.To(ElementType.Float64).Read<double>().ToArray());
        Assert.Throws<InvalidOperationException>(() => tensor.Write<float>().Length);
        Assert.True(tensor.Copy().BitEquals(tensor));
    }

    [Fact]
    public void A_file_that_was_cut_off_meanwhile_is_malformed_input()
    {
        Tensor tensor = Over(new float[100]);
        using (var stream = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(40);
        }

        Assert.Equal(40, Assert.Throws<MalformedInputException>(() => tensor.CopyTo<float>(new float[100])).Offset);
        Assert.Throws<MalformedInputException>(() => tensor.Read<float>().Length);
    }

    [Fact]
    public async Task Many_readers_get_the_same_bytes()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => (float)i)];
        Tensor tensor = Over(values);
        await Parallel.ForAsync(0, 16, TestContext.Current.CancellationToken, (_, _) =>
        {
            Assert.True(tensor.Read<float>().SequenceEqual(values));
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void A_tensor_in_memory_copies_too()
    {
        var copy = new float[2];
        Tensor.From([2], 1, 2).CopyTo<float>(copy);
        Assert.Equal([1, 2], copy);
    }

    private Tensor Over(float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        File.WriteAllBytes(_path, bytes);
        return Tensor.Over([values.Length], ElementType.Float32, FileBytes.Of(SourceFile.Open(_path), 0, bytes.Length));
    }
}
