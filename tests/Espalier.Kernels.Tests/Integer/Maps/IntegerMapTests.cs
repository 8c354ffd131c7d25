using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

public sealed class IntegerMapTests
{
    private const int Cases = 120;

    public static TheoryData<string> Kernels => [.. IntegerMapChecks.All.Keys];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_kernel_has_the_bits_of_the_definition(string kernel)
    {
        for (ulong seed = 0; seed < Cases; seed++)
        {
            IntegerMapChecks.All[kernel](seed);
        }
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void The_bits_are_the_same_where_instructions_are_missing(string variable) =>
        ChildRun.Of(typeof(IntegerMapSweep), (variable, "0"), (InstructionSet.Variable, ""), (IntegerTier.Variable, ""));

    [Fact]
    public void Windows_without_a_pixel_beside_windows_of_any_count_give_the_zero_point()
    {
        var x = new BlockedLayout(3, 9, 9, 16);
        var geometry = new PoolGeometry(4) { Padding = 8 };
        FeatureMap shape = geometry.Output(Maps.Plain(x));
        var y = new BlockedLayout(3, shape.Height, shape.Width, 16);
        Requantization to = Requantization.To(0.05f, 77);
        using var input = new IntegerMap(x, 1, 1);
        var expected = new byte[shape.Length];
        Reference.IntegerAveragePool(input.Plain, 1, input.Shape, geometry, 3, 0.04f, 0.05f, to, expected);
        Assert.Equal(77, expected[0]);
        new IntegerMapCheck(1, y, 1, 77).Run(expected, (output, part, parts) => IntegerMaps.AveragePool(geometry, 3, 0.04f, 0.05f, to, input.Span, x, output, y, 1, part, parts));
    }

    [Fact]
    public void Operands_that_do_not_fit_are_refused()
    {
        BlockedLayout map = new(5, 3, 4, 16), other = new(5, 4, 3, 16), narrow = new(5, 3, 4, 8);
        (byte[] numbers, float[] floats) = (new byte[map.Length], new float[map.Length]);
        Requantization to = Requantization.To(1, 0);
        var addition = new IntegerAddition(0, 1, 0, 1, to);
        Refused("only the borders may differ", () => IntegerMaps.Add(addition, numbers, map, numbers, other, numbers, map, 1, 0, 1));
        Refused("a has", () => IntegerMaps.Add(addition, numbers.AsSpan(1), map, numbers, map, numbers, map, 1, 0, 1));
        Refused("b has", () => IntegerMaps.Add(addition, numbers, map, numbers.AsSpan(1), map, numbers, map, 1, 0, 1));
        Refused("output has", () => IntegerMaps.Add(addition, numbers, map, numbers, map, numbers.AsSpan(1), map, 1, 0, 1));
        Refused("blocks of 8 channels", () => IntegerMaps.Add(addition, numbers, narrow, numbers, narrow, numbers, narrow, 1, 0, 1));
        Refused("or its channels of 1x1", () => IntegerMaps.Multiply(0, 0, 1, to, numbers, map, numbers, other, numbers, map, 1, 0, 1));
        Refused("multipliers", () => IntegerMaps.ScaleShift(0, floats.AsSpan(0, 5), floats.AsSpan(0, 16), to, numbers, map, numbers, map, 1, 0, 1));
        Refused("table", () => IntegerMaps.LookUp(numbers, 0, numbers, map, numbers, map, 1, 0, 1));
        Refused("only the borders and the lanes", () => IntegerMaps.Quantize(floats, other, 1, to, numbers, map, 1, 0, 1));
        Refused("expected blocks of 16, 4 or, for three channels, 3", () => IntegerMaps.QuantizePlanar(floats.AsSpan(0, 60), 1, to, numbers.AsSpan(0, narrow.Length), narrow, 1, 0, 1));
        Refused("a source is no channel", () => IntegerMaps.Gather([5], 0, [], 0, numbers, map, numbers, map, 1, 0, 1));
        Refused("the output has 5", () => IntegerMaps.Gather([0, 1], 4, [], 0, numbers, map, numbers, map, 1, 0, 1));
        Refused("expected 60 x 1 x 1", () => IntegerMaps.Flatten(0, numbers, map, numbers, map, 1, 0, 1));
        Refused("does not give", () => IntegerMaps.Pad(new Padding(1, 0, 0, 0), 0, numbers, map, numbers, map, 1, 0, 1));
        Refused("repeats no pixel", () => IntegerMaps.EdgePad(PaddingMode.Constant, 0, 0, numbers, map, numbers, map, 1, 0, 1));
        Refused("expected 2", () => IntegerMaps.MaxPool(new PoolGeometry(2), 0, numbers, map, numbers, map, 1, 0, 1));
        Refused("no dilation", () => IntegerMaps.AveragePool(new PoolGeometry(1) { Dilation = 2 }, 0, 1, 1, to, numbers, map, numbers, map, 1, 0, 1));

        static void Refused(string part, Action action) => Assert.Contains(part, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }
}
