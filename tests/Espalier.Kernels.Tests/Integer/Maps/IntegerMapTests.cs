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
    public void Operands_that_do_not_fit_are_refused()
    {
        BlockedLayout map = new(5, 3, 4, 16), other = new(5, 4, 3, 16), narrow = new(5, 3, 4, 8);
        (byte[] numbers, float[] floats) = (new byte[map.Length], new float[map.Length]);
        Requantization to = Requantization.To(1, 0);
        var addition = new IntegerAddition(0, 1, 0, 1, to);
        Refused("only the borders may differ", () => IntegerMaps.Add(addition, numbers, map, numbers, other, numbers, map, 1, 0, 1));
        Refused("a has", () => IntegerMaps.Add(addition, numbers.AsSpan(1), map, numbers, map, numbers, map, 1, 0, 1));
        Refused("b has", () => IntegerMaps.Add(addition, numbers, map, numbers.AsSpan(1), map, numbers, map, 1, 0, 1));
        Refused("the output has", () => IntegerMaps.Add(addition, numbers, map, numbers, map, numbers.AsSpan(1), map, 1, 0, 1));
        Refused("blocks of 8 channels", () => IntegerMaps.Add(addition, numbers, narrow, numbers, narrow, numbers, narrow, 1, 0, 1));
        Refused("or its channels of 1x1", () => IntegerMaps.Multiply(0, 0, 1, to, numbers, map, numbers, other, numbers, map, 1, 0, 1));
        Refused("multipliers", () => IntegerMaps.ScaleShift(0, floats.AsSpan(0, 5), floats.AsSpan(0, 16), to, numbers, map, numbers, map, 1, 0, 1));
        Refused("table", () => IntegerMaps.LookUp(numbers, 0, numbers, map, numbers, map, 1, 0, 1));
        Refused("only the borders and the lanes", () => IntegerMaps.Quantize(floats, other, 1, to, numbers, map, 1, 0, 1));
        Refused("expected 16 or 4", () => IntegerMaps.QuantizePlanar(floats.AsSpan(0, 60), 1, to, numbers, narrow, 1, 0, 1));
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
