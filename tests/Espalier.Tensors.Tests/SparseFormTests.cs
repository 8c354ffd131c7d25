namespace Espalier.Tensors.Tests;

public class SparseFormTests
{
    [Fact]
    public void Every_bit_comes_back()
    {
        foreach (int count in new[] { 0, 1, 7, 8, 9, 64, 1001 })
        {
            float[] numbers = Numbers(count);
            Tensor dense = Tensor.From([count], numbers);
            var form = SparseForm.OfNonZeros(dense);
            Assert.Equal(numbers.Count(n => BitConverter.SingleToInt32Bits(n) != 0), form.Values.Shape[0]);

            Tensor again = form.ToDense();
            Assert.True(again.IsDeferred);
            var copy = new float[count];
            again.CopyTo<float>(copy);
            Assert.True(dense.BitEquals(Tensor.From([count], copy)), $"{count}");
            Assert.True(dense.BitEquals(again), $"{count}");
        }
    }

    [Fact]
    public void Signed_bytes_come_back()
    {
        sbyte[] numbers = [.. Numbers(100_003).Select((number, i) => number == 0 ? (sbyte)0 : (sbyte)((i % 255) - 127))];
        Tensor dense = Tensor.From<sbyte>([numbers.Length], numbers);
        var form = SparseForm.OfNonZeros(dense);
        Assert.Equal(numbers.Count(n => n != 0), form.Values.Shape[0]);
        Assert.Equal(form.Bits.Shape[0] + form.Values.Shape[0], form.ByteCount);
        Assert.True(form.ToDense().BitEquals(dense));
        var part = new sbyte[3000];
        form.ToDense().CopyTo(65_541, part.AsSpan());
        Assert.Equal(numbers[65_541..68_541], part);
        Tensor mask = Tensor.From<float>([3], [1, 0, 1]);
        var masked = SparseForm.OfMask(Tensor.From<sbyte>([3], [0, 5, -7]), mask);
        Assert.True(masked.ToDense().BitEquals(Tensor.From<sbyte>([3], [0, 0, -7])));
        Assert.True(masked.ToMask().BitEquals(mask));
    }

    [Fact]
    public void Parts_are_unpacked_alone()
    {
        float[] numbers = Numbers(100_003); // more than three blocks of bits
        Tensor again = SparseForm.OfNonZeros(Tensor.From([numbers.Length], numbers)).ToDense();
        foreach ((int first, int count) in new[] { (0, 1), (5, 3), (32_767, 2), (32_768, 9), (65_541, 34_462), (99_999, 4), (17, 0) })
        {
            var part = new float[count];
            again.CopyTo(first, part.AsSpan());
            Assert.True(Tensor.From([count], part).BitEquals(Tensor.From<float>([count], numbers.AsSpan(first, count))), $"{count} from {first} on");
        }
    }

    [Fact]
    public void A_mask_is_another_thing_than_zeros()
    {
        Tensor dense = Tensor.From([2, 3], 1, 0, 3, -0f, 5, float.NaN);
        Tensor mask = Tensor.From([2, 3], 1, 1, 0, 1, 0, 1);
        var form = SparseForm.OfMask(dense, mask);
        Assert.Equal(4, form.Values.Shape[0]);
        Assert.True(form.ToMask().BitEquals(mask));
        Assert.True(form.ToDense().BitEquals(Tensor.From([2, 3], 1, 0, 0, -0f, 0, float.NaN)));
        Assert.True(form.ToDense().Reshape([6]).To(ElementType.Float64).BitEquals(Tensor.From<double>([6], [1, 0, 0, -0.0, 0, double.NaN])));
    }

    [Fact]
    public void Parts_that_do_not_belong_together_are_refused()
    {
        Tensor two = Tensor.From([2], 1, 2);
        Refused("3 bits are set, but there are 2 values", [9], Bits(0b111, 0), two);
        Refused("after the last element", [9], Bits(1, 0b10), two);
        Refused("instead of one bit for each", [9], Bits(0b11), two);
        Refused("instead of one bit for each", [2], Tensor.From([1], 3), two);
        Refused("instead of a Float32 or Int8 vector", [9], Bits(0b11, 0), Tensor.From([2, 1], 1, 2));
        Refused("instead of a Float32 or Int8 vector", [9], Bits(0b11, 0), Tensor.From<double>([2], [1, 2]));
        Refused("exceeds the size of one tensor", [int.MaxValue], Bits(0b11), two);
    }

    private static void Refused(string reason, Shape shape, Tensor bits, Tensor values) => Assert.Contains(
        reason, Assert.Throws<ArgumentException>(() => new SparseForm(shape, bits, values)).Message, StringComparison.Ordinal);

    private static Tensor Bits(params byte[] bytes) => Tensor.From<byte>([bytes.Length], bytes);

    private static float[] Numbers(int count)
    {
        var random = new CounterRandom(7);
        return [.. Enumerable.Range(0, count).Select(i => random.Below((ulong)i, 6) switch { 0 => 1.5f * i, 1 => -0f, 2 => float.NaN, _ => 0f })];
    }
}
