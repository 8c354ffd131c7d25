namespace Espalier.Tensors.Tests;

public sealed class TensorConversionTests
{
    private static readonly double[] Values =
    [
        0, 1, 2, 3, 42, 126, 127, -0.0, -1, -2, -127, -128, 0.5, -0.5, 1.5, 2.5, 128, 200, 255, 256, 32767, 32768, -32768, -32769, 65504, 65519, 65520,
        65536, 1e-8, 6e-8, 1.0 / 3, -1.0 / 3, 2147483647, 2147483648, -2147483648, -2147483649, 4294967296, 9007199254740992,
        9.3e18, -9.3e18, 3.4e38, 3.39e38, 1e39, -1e39, 1e-45, 1e-320, double.NaN, double.PositiveInfinity, double.NegativeInfinity,
    ];

    public static TheoryData<ElementType, ElementType> Pairs()
    {
        var pairs = new TheoryData<ElementType, ElementType>();
        foreach (ElementType from in Enum.GetValues<ElementType>())
        {
            foreach (ElementType to in Enum.GetValues<ElementType>())
            {
                pairs.Add(from, to);
            }
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_type_converts_to_every_type_as_the_language_casts(ElementType from, ElementType to)
    {
        Tensor source = Make(from);
        Tensor target = source.To(to);
        Assert.Equal(to, target.Type);
        Assert.Equal(source.Shape, target.Shape);
        for (int i = 0; i < Values.Length; i++)
        {
            AssertSame(Expected(Element(source, i), to), Element(target, i), $"{Element(source, i):R} from {from} to {to}");
        }
    }

    [Fact]
    public void A_tensor_of_the_type_asked_for_is_returned_as_it_is()
    {
        Tensor tensor = Tensor.Zeros([3]);
        Assert.Same(tensor, tensor.To(ElementType.Float32));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(10_000)]
    public void Tensors_longer_than_a_chunk_convert_to_the_end(int count)
    {
        Tensor source = Tensor.From<int>([count], Enumerable.Range(0, count).ToArray());
        Assert.Equal(Enumerable.Range(0, count).Select(i => (float)i), source.To(ElementType.Float32).Read<float>().ToArray());
    }

    [Fact]
    public void An_empty_tensor_converts_to_an_empty_one() =>
        Assert.Equal(Shape.Of(0, 3), Tensor.Zeros([0, 3]).To(ElementType.Int64).Shape);

    [Fact]
    public void Every_half_widens_exactly_and_comes_back_bit_equal()
    {
        Half[] all = [.. Enumerable.Range(0, 65536).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))];
        Tensor wide = Tensor.From<Half>([65536], all).To(ElementType.Float32);
        Half[] back = wide.To(ElementType.Float16).Read<Half>().ToArray();
        for (int i = 0; i < all.Length; i++)
        {
            AssertSame((double)all[i], wide.Read<float>()[i], $"half {i:X4}");
            Assert.True(Half.IsNaN(all[i]) ? Half.IsNaN(back[i]) : BitConverter.HalfToUInt16Bits(all[i]) == BitConverter.HalfToUInt16Bits(back[i]), $"half {i:X4}");
        }
    }

    [Fact]
    public void Every_bfloat16_widens_exactly_and_comes_back_bit_equal()
    {
        ushort[] all = [.. Enumerable.Range(0, 65536).Select(bits => (ushort)bits)];
        Tensor wide = Tensor.From<ushort>([65536], all).To(ElementType.Float32);
        ushort[] back = wide.To(ElementType.BFloat16).Read<ushort>().ToArray();
        for (int i = 0; i < all.Length; i++)
        {
            float value = BitConverter.UInt32BitsToSingle((uint)i << 16);
            AssertSame(value, wide.Read<float>()[i], $"bfloat16 {i:X4}");
            Assert.True(float.IsNaN(value) ? (back[i] & 0x7FFF) > 0x7F80 : back[i] == all[i], $"bfloat16 {i:X4} came back as {back[i]:X4}");
        }
    }

    [Fact]
    public void Floats_round_to_the_nearest_bfloat16_and_ties_to_even()
    {
        var dice = new CounterRandom(5);
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => BitConverter.UInt32BitsToSingle((uint)dice.Bits((ulong)i))).Where(float.IsFinite)];
        ushort[] rounded = Tensor.From<float>([values.Length], values).To(ElementType.BFloat16).Read<ushort>().ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(NearestBFloat16(values[i]), rounded[i]);
        }
    }

    [Theory]
    [InlineData(1.00390625, 0x3F80)] // 1 + 2⁻⁸: half way, to the even one below
    [InlineData(1.01171875, 0x3F82)] // 1 + 3·2⁻⁸: half way, to the even one above
    [InlineData(1.00390625 + 1e-12, 0x3F81)] // above half way by less than a float can tell
    [InlineData(1.01171875 - 1e-12, 0x3F81)] // below half way by less than a float can tell
    [InlineData(-1.00390625 - 1e-12, 0xBF81)]
    [InlineData(3.39617752923046e38, 0x7F80)] // half way between the largest and infinity
    [InlineData(3.3961775292304597e38, 0x7F7F)]
    public void Doubles_round_to_bfloat16_once(double value, int expected) =>
        Assert.Equal((ushort)expected, Tensor.From<double>([1], [value]).To(ElementType.BFloat16).Read<ushort>()[0]);

    [Fact]
    public void Any_byte_but_zero_is_true() =>
        Assert.Equal([0f, 1f, 1f], Tensor.Over([3], ElementType.Boolean, new byte[] { 0, 1, 200 }).To(ElementType.Float32).Read<float>().ToArray());

    private static Tensor Make(ElementType type)
    {
        Shape shape = [Values.Length];
        return type switch
        {
            ElementType.Float64 => Tensor.From<double>(shape, Values),
            ElementType.Float32 => Tensor.From<float>(shape, [.. Values.Select(v => (float)v)]),
            ElementType.Float16 => Tensor.From<Half>(shape, [.. Values.Select(v => (Half)v)]),
            ElementType.BFloat16 => Tensor.From<ushort>(shape, [.. Values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits((float)v) >> 16))]),
            ElementType.UInt8 => Tensor.From<byte>(shape, [.. Values.Select(byte.CreateSaturating)]),
            ElementType.Int8 => Tensor.From<sbyte>(shape, [.. Values.Select(sbyte.CreateSaturating)]),
            ElementType.Int16 => Tensor.From<short>(shape, [.. Values.Select(short.CreateSaturating)]),
            ElementType.Int32 => Tensor.From<int>(shape, [.. Values.Select(int.CreateSaturating)]),
            ElementType.Int64 => Tensor.From<long>(shape, [.. Values.Select(long.CreateSaturating)]),
            _ => Tensor.From<bool>(shape, [.. Values.Select(v => v != 0)]),
        };
    }

    private static double Element(Tensor tensor, int i) => tensor.Type switch
    {
        ElementType.Float64 => tensor.Read<double>()[i],
        ElementType.Float32 => tensor.Read<float>()[i],
        ElementType.Float16 => (double)tensor.Read<Half>()[i],
        ElementType.BFloat16 => BitConverter.UInt32BitsToSingle((uint)tensor.Read<ushort>()[i] << 16),
        ElementType.UInt8 => tensor.Read<byte>()[i],
        ElementType.Int8 => tensor.Read<sbyte>()[i],
        ElementType.Int16 => tensor.Read<short>()[i],
        ElementType.Int32 => tensor.Read<int>()[i],
        ElementType.Int64 => tensor.Read<long>()[i],
        _ => tensor.Read<bool>()[i] ? 1 : 0,
    };

    private static double Expected(double value, ElementType type) => type switch
    {
        ElementType.Float64 => value,
        ElementType.Float32 => (float)value,
        ElementType.Float16 => (double)(Half)value,
        ElementType.BFloat16 => double.IsNaN(value) ? value : BitConverter.UInt32BitsToSingle((uint)NearestBFloat16(value) << 16),
        ElementType.Boolean => value != 0 ? 1 : 0,
        ElementType.UInt8 => Truncated(value, byte.MinValue, byte.MaxValue),
        ElementType.Int8 => Truncated(value, sbyte.MinValue, sbyte.MaxValue),
        ElementType.Int16 => Truncated(value, short.MinValue, short.MaxValue),
        ElementType.Int32 => Truncated(value, int.MinValue, int.MaxValue),
        _ => Truncated(value, long.MinValue, long.MaxValue),
    };

    private static double Truncated(double value, double low, double high) =>
        double.IsNaN(value) ? 0 : Math.Clamp(Math.Truncate(value), low, high) + 0.0; // + 0.0: no integer is −0

    /// <summary>By search instead of by bits: of the two neighbours the nearer one, at equal distance the even one.</summary>
    private static ushort NearestBFloat16(double value)
    {
        double magnitude = Math.Abs(value);
        ushort below = (ushort)(BitConverter.SingleToUInt32Bits((float)magnitude) >> 16);
        while (Magnitude(below) > magnitude)
        {
            below--;
        }

        double toBelow = magnitude - Magnitude(below);
        double toAbove = Magnitude(below + 1) - magnitude;
        bool up = below < 0x7F80 && (toAbove < toBelow || (toAbove == toBelow && (below & 1) == 1));
        return (ushort)((up ? below + 1 : below) | (double.IsNegative(value) ? 0x8000 : 0));
    }

    /// <summary>Where the format ends it goes on in thought: 2¹²⁸ stands in for infinity.</summary>
    private static double Magnitude(int bits) =>
        bits == 0x7F80 ? Math.Pow(2, 128) : BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static void AssertSame(double expected, double found, string what) =>
        Assert.True(expected.Equals(found) && double.IsNegative(expected) == double.IsNegative(found) || (double.IsNaN(expected) && double.IsNaN(found)), $"{what}: expected {expected:R}, found {found:R}");
}
