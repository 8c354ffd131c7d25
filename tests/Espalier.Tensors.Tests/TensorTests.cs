namespace Espalier.Tensors.Tests;

public sealed class TensorTests
{
    [Fact]
    public void Zeros_are_zero_and_writable()
    {
        Tensor tensor = Tensor.Zeros([2, 3], ElementType.Float64);
        Assert.Equal(new double[6], tensor.Read<double>().ToArray());
        tensor.Write<double>()[4] = 1.5;
        Assert.Equal([0, 0, 0, 0, 1.5, 0], tensor.Read<double>().ToArray());
    }

    [Fact]
    public void From_copies_its_values()
    {
        int[] values = [1, 2, 3];
        Tensor tensor = Tensor.From<int>([3], values);
        values[0] = 9;
        Assert.Equal(ElementType.Int32, tensor.Type);
        Assert.Equal([1, 2, 3], tensor.Read<int>().ToArray());
        Assert.Equal([1f, 2f], Tensor.From([2], 1f, 2f).Read<float>().ToArray());
    }

    [Fact]
    public void A_wrong_number_of_values_is_refused_with_both_numbers()
    {
        var error = Assert.Throws<ArgumentException>(() => Tensor.From([2, 2], 1f, 2f, 3f));
        Assert.Contains("2x2 has 4 elements, but 3 values", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_number_of_bytes_is_refused_with_both_numbers()
    {
        var error = Assert.Throws<ArgumentException>(() => Tensor.Over([2], ElementType.Float32, new byte[9]));
        Assert.Contains("takes 8 bytes, but 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_or_writing_as_another_type_is_refused()
    {
        Tensor tensor = Tensor.Zeros([2]);
        Assert.Throws<InvalidOperationException>(() => tensor.Read<int>().Length);
        Assert.Throws<InvalidOperationException>(() => tensor.Write<double>().Length);
        Assert.Throws<NotSupportedException>(() => tensor.Read<decimal>().Length);
    }

    [Fact]
    public void A_tensor_over_others_memory_can_be_read_but_not_written()
    {
        byte[] bytes = [0, 0, 128, 63, 0, 0, 0, 64]; // 1 and 2
        Tensor tensor = Tensor.Over([2], ElementType.Float32, bytes);
        Assert.Equal([1f, 2f], tensor.Read<float>().ToArray());
        var error = Assert.Throws<InvalidOperationException>(() => tensor.Write<float>().Length);
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => tensor.Reshape([1, 2]).Write<float>().Length);

        Tensor copy = tensor.Copy();
        copy.Write<float>()[0] = 5;
        Assert.Equal([1f, 2f], tensor.Read<float>().ToArray());
    }

    [Fact]
    public void An_empty_tensor_may_be_written_wherever_it_lies() =>
        Assert.Equal(0, Tensor.Over([0, 5], ElementType.Int8, ReadOnlyMemory<byte>.Empty).Write<sbyte>().Length);

    [Fact]
    public void Reshape_shares_the_numbers()
    {
        Tensor tensor = Tensor.From([6], 0f, 1f, 2f, 3f, 4f, 5f);
        Tensor matrix = tensor.Reshape([2, 3]);
        matrix.Write<float>()[5] = 9;
        Assert.Equal(9, tensor.Read<float>()[5]);
        Assert.Throws<ArgumentException>(() => tensor.Reshape([7]));
    }

    [Fact]
    public void Bit_equality_tells_apart_what_numbers_do_not()
    {
        Tensor nan = Tensor.From([1], float.NaN);
        Assert.True(nan.BitEquals(Tensor.From([1], float.NaN)));
        Assert.False(Tensor.From([1], 0f).BitEquals(Tensor.From([1], -0f)));
        Assert.False(nan.BitEquals(nan.Reshape([1, 1])));
        Assert.False(Tensor.Zeros([1]).BitEquals(Tensor.Zeros([1], ElementType.Int32)));
    }

    [Fact]
    public void A_scalar_holds_one_number() => Assert.Equal(7L, Tensor.From<long>([], [7L]).Read<long>()[0]);

    [Fact]
    public void It_says_what_it_is() => Assert.Equal("Float32 64x3x7x7", Tensor.Zeros([64, 3, 7, 7]).ToString());

    [Fact]
    public void Every_element_type_has_a_size_and_is_stored_as_one_dotnet_type()
    {
        (ElementType Found, ElementType Expected, int Size)[] types =
        [
            (ElementTypes.Of<float>(), ElementType.Float32, 4), (ElementTypes.Of<double>(), ElementType.Float64, 8),
            (ElementTypes.Of<Half>(), ElementType.Float16, 2), (ElementTypes.Of<ushort>(), ElementType.BFloat16, 2),
            (ElementTypes.Of<byte>(), ElementType.UInt8, 1), (ElementTypes.Of<sbyte>(), ElementType.Int8, 1),
            (ElementTypes.Of<short>(), ElementType.Int16, 2), (ElementTypes.Of<int>(), ElementType.Int32, 4),
            (ElementTypes.Of<long>(), ElementType.Int64, 8), (ElementTypes.Of<bool>(), ElementType.Boolean, 1),
        ];
        Assert.All(types, type => Assert.Equal(type.Expected, type.Found));
        Assert.All(types, type => Assert.Equal(type.Size, type.Expected.Size()));
        Assert.Equal(Enum.GetValues<ElementType>(), types.Select(type => type.Expected));
        Assert.Throws<NotSupportedException>(() => ElementTypes.Of<char>());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ElementType)99).Size());
    }
}
