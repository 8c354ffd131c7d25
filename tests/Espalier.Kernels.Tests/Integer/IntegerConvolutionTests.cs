using Espalier.Tensors;

namespace Espalier.Kernels.Tests;

public sealed class IntegerConvolutionTests
{
    private const int Cases = 300;

    public static TheoryData<string> Tiers => [.. IntegerTier.All.Select(tier => tier.Name)];

    [Theory]
    [MemberData(nameof(Tiers))]
    public void Every_tier_has_the_bits_of_the_definition(string name)
    {
        IntegerTier tier = Require(name);
        for (ulong seed = 0; seed < Cases; seed++)
        {
            IntegerCase shape = IntegerCase.Random(seed);
            if (shape.KeepsSums)
            {
                Assert.True(shape.ExpectedSums().AsSpan().SequenceEqual(IntegerRun.Sums(shape, tier, seed % 2 == 0)), $"{shape}, {shape.Geometry}");
            }
            else
            {
                Assert.True(shape.Expected().AsSpan().SequenceEqual(IntegerRun.Bytes(shape, tier, 1 + (int)(seed % 4), seed % 2 == 0)), $"{shape}, {shape.Geometry}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Tiers))]
    public void Shapes_of_networks_have_the_bits_of_the_definition(string name)
    {
        IntegerTier tier = Require(name);
        IntegerCase[] shapes =
        [
            Of(64, 256, 14, 1, 1), Of(96, 64, 28, 3, 1), Of(64, 80, 28, 3, 2), Of(3, 64, 60, 7, 2) with { InputLanes = 4 }, Of(3, 64, 60, 7, 2) with { InputLanes = 3 }, Of(3, 40, 33, 3, 2) with { InputLanes = 3 }, Of(512, 40, 7, 1, 1), Of(128, 128, 14, 3, 1, groups: 32),
            Of(48, 48, 14, 3, 2, groups: 48), Of(40, 40, 30, 3, 1, groups: 40), Of(24, 24, 15, 5, 1, groups: 24), Of(64, 64, 15, 3, 2, groups: 8), Of(64, 64, 14, 3, 1, groups: 4), Of(320, 33, 1, 1, 1), Of(24, 40, 112, 1, 1), Of(16, 16, 20, 25, 1),
        ];
        foreach (IntegerCase shape in shapes)
        {
            Assert.True(shape.Expected().AsSpan().SequenceEqual(IntegerRun.Bytes(shape, tier)), $"{shape}, {shape.Geometry}");
            IntegerCase rounded = shape with { RoundsFirst = shape.HasResidual };
            Assert.True(rounded.Expected().AsSpan().SequenceEqual(IntegerRun.Bytes(rounded, tier)), $"{rounded}, {rounded.Geometry}");
        }

        static IntegerCase Of(int inputs, int outputs, int size, int kernel, int stride, int groups = 1) => new()
        {
            Seed = (ulong)(inputs + outputs),
            Inputs = inputs,
            Outputs = outputs,
            Map = size,
            Geometry = new Conv2dGeometry(kernel) { Stride = stride, Padding = kernel / 2, Groups = groups },
            HasBias = true,
            HasResidual = stride == 1 && kernel < 7,
        };
    }

    [Theory]
    [MemberData(nameof(Tiers))]
    public void Packed_weights_serve_other_sizes(string name)
    {
        IntegerTier tier = Require(name);
        IntegerCase small = IntegerCase.Random(3) with { HasResidual = false, KeepsSums = false };
        IntegerCase large = small with { Map = (small.Map.Height + 20, small.Map.Width + 30), Batch = 1, OutputBorder = 1 };
        PackedIntegerConvolution convolution = small.Pack(tier).For(large.Problem);
        Assert.Equal(large.Problem, convolution.Problem);
        ConvolutionProblem problem = large.Problem;
        var input = new byte[problem.Input.Length];
        Array.Fill(input, (byte)large.InputZeroPoint);
        IntegerRun.Block<byte>(large.Input(), input, problem.Input);
        var output = new byte[problem.Output.Length];
        convolution.Run(new IntegerOperands { Batch = 1, Input = input, Output = output }, 0, 1);
        Assert.Equal(large.Expected(), IntegerRun.Plain<byte>(output, problem.Output, 1));
        Assert.Throws<ArgumentException>(() => small.Pack(tier).For(large.Problem with { Stride = 4 }));
    }

    [Fact]
    public void Operands_that_do_not_fit_are_refused()
    {
        IntegerCase shape = IntegerCase.Random(3) with { HasResidual = true, KeepsSums = false };
        PackedIntegerConvolution convolution = shape.Pack(IntegerTier.Plain);
        ConvolutionProblem problem = shape.Problem;
        (byte[] input, byte[] residual, byte[] output) = (new byte[problem.Input.Length], new byte[problem.Residual!.Value.Length], new byte[problem.Output.Length]);
        convolution.Run(new IntegerOperands { Batch = 1, Input = input, Residual = residual, Output = output }, 0, 1);
        Refused("the input has", () => convolution.Run(new IntegerOperands { Batch = 1, Input = input.AsSpan(1), Residual = residual, Output = output }, 0, 1));
        Refused("the output has", () => convolution.Run(new IntegerOperands { Batch = 1, Input = input, Residual = residual, Output = output.AsSpan(1) }, 0, 1));
        Refused("the residual has", () => convolution.Run(new IntegerOperands { Batch = 1, Input = input, Output = output }, 0, 1));
        Refused("either sums or", () => convolution.Run(new IntegerOperands { Batch = 1, Input = input, Residual = residual, Sums = new int[output.Length] }, 0, 1));
        Refused("packed without", () => (shape with { HasResidual = false }).Pack(IntegerTier.Plain).Run(new IntegerOperands { Batch = 1, Input = input, Residual = residual, Output = output }, 0, 1));
        Refused("blocks of 8", () => IntegerConvolution.Pack(
            problem with { Input = problem.Input with { Lanes = 8 } }, new IntegerWeights { Weights = shape.Weights(), InputZeroPoint = 0, Multipliers = shape.Multipliers(), Addition = shape.Addition }));
        foreach ((Conv2dGeometry geometry, int inputs, string reason) in ((Conv2dGeometry, int, string)[])
        [
            (new Conv2dGeometry(3), 4, "blocks of 3 channels, but 4 channels"), (new Conv2dGeometry((3, 1)), 3, "several adjacent columns"),
            (new Conv2dGeometry(3) { Dilation = 2 }, 3, "several adjacent columns"), (new Conv2dGeometry(3) { Groups = 3 }, 3, "without groups"),
        ])
        {
            Refused(reason, () => new IntegerCase { Seed = 1, Inputs = inputs, Outputs = 3, Map = 9, Geometry = geometry, InputLanes = 3 }.Pack(IntegerTier.Plain));
        }

        Refused("no unsigned", () => IntegerConvolution.Pack(
            problem, new IntegerWeights { Weights = shape.Weights(), InputZeroPoint = 256, Multipliers = shape.Multipliers(), Addition = shape.Addition }));
        Refused("a residual needs", () => IntegerConvolution.Pack(problem, new IntegerWeights { Weights = shape.Weights(), InputZeroPoint = 0, Multipliers = shape.Multipliers() }));

        static void Refused(string part, Action action) => Assert.Contains(part, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_say_what_a_kernel_is()
    {
        Assert.Equal("8-bit 3x5 plain", NameOf(groups: 1, channels: 8));
        Assert.Equal("8-bit grouped 3x5 plain", NameOf(groups: 4, channels: 8));
        Assert.Equal("8-bit depthwise 3x5 plain", NameOf(groups: 8, channels: 8));

        static string NameOf(int groups, int channels) =>
            new IntegerCase { Seed = 1, Inputs = channels, Outputs = channels, Map = 9, Geometry = new Conv2dGeometry((3, 5)) { Groups = groups } }.Pack(IntegerTier.Plain).KernelName;
    }

    [Fact]
    public void Tiers_are_chosen_by_name()
    {
        Assert.Same(IntegerTier.Plain, IntegerTier.Choose("PLAIN"));
        Assert.True(IntegerTier.Choose(null).IsSupported);
        Assert.Same(IntegerTier.All.First(tier => tier.IsSupported), IntegerTier.Choose(""));
        Assert.StartsWith("8-bit instructions 'abacus' are not known; supported here: ", Assert.Throws<EspalierException>(() => IntegerTier.Choose("abacus")).Message, StringComparison.Ordinal);
        IntegerTier lacking = IntegerTier.All.First(tier => !tier.IsSupported); // no machine has both AVX and Arm's
        Assert.StartsWith($"8-bit instructions '{lacking.Name}' cannot be used: {lacking.Obstacle} Supported here: ", Assert.Throws<EspalierException>(() => IntegerTier.Choose(lacking.Name)).Message, StringComparison.Ordinal);
    }

    private static IntegerTier Require(string name)
    {
        IntegerTier tier = IntegerTier.All.Single(tier => tier.Name == name);
        Assert.SkipUnless(tier.IsSupported, tier.Obstacle ?? "");
        return tier;
    }
}
