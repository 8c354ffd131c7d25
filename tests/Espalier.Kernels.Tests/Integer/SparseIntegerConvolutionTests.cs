using Espalier.Testing;
using Iced.Intel;

namespace Espalier.Kernels.Tests;

public sealed class SparseIntegerConvolutionTests
{
    private const int Cases = 200;

    private static readonly HashSet<Mnemonic> s_allowed =
    [
        Mnemonic.Mov, Mnemonic.Movsxd, Mnemonic.Movzx, Mnemonic.Imul, Mnemonic.Add, Mnemonic.Sub, Mnemonic.Cmp, Mnemonic.Je, Mnemonic.Jne, Mnemonic.Ret,
        Mnemonic.Vzeroupper, Mnemonic.Vmovdqu32, Mnemonic.Vpbroadcastd, Mnemonic.Vpdpbusd,
    ];

    public static TheoryData<string> Tiers => [IntegerTier.Avx512Vnni.Name, IntegerTier.Plain.Name];

    [Theory]
    [MemberData(nameof(Tiers))]
    public void Random_shapes_have_the_bits_of_the_definition_between_forbidden_pages(string name)
    {
        IntegerTier tier = Require(name);
        for (ulong seed = 0; seed < Cases; seed++)
        {
            IntegerCase shape = IntegerCase.Random(seed);
            shape = shape with
            {
                Geometry = shape.Geometry with { Groups = 1 },
                InputLanes = 16,
                KeepsSums = false,
                IsSparse = true,
                ZeroBlocks = new Dice(seed).Pick(0, 0.5, 0.8, 1),
            };
            Assert.True(shape.Expected().AsSpan().SequenceEqual(IntegerRun.Bytes(shape, tier, 1 + (int)(seed % 4), seed % 2 == 0)), $"{shape}, {shape.Geometry}");
        }
    }

    /// <summary>One and several chunks of input channels, tiles of every width, sums of more channels than are computed at once.</summary>
    [Theory]
    [MemberData(nameof(Tiers))]
    public void Shapes_of_networks_have_the_bits_of_the_definition(string name)
    {
        IntegerTier tier = Require(name);
        foreach (IntegerCase shape in (IntegerCase[])[Of(64, 256, 14, 1, 1), Of(64, 64, 30, 3, 1), Of(130, 48, 15, 3, 2), Of(1024, 70, 7, 1, 1), Of(528, 1100, 7, 1, 2), Of(256, 20, 1, 1, 1), Of(33, 17, 56, 1, 1)])
        {
            byte[] expected = shape.Expected();
            Assert.True(expected.AsSpan().SequenceEqual(IntegerRun.Bytes(shape, tier)), $"{shape}, {shape.Geometry}");
            Assert.True(expected.AsSpan().SequenceEqual(IntegerRun.Bytes(shape, tier, parts: 5)), $"{shape}, {shape.Geometry}");
            IntegerCase rounded = shape with { RoundsFirst = shape.HasResidual };
            Assert.True(rounded.Expected().AsSpan().SequenceEqual(IntegerRun.Bytes(rounded, tier)), $"{rounded}, {rounded.Geometry}");
        }

        static IntegerCase Of(int inputs, int outputs, int size, int kernel, int stride) => new()
        {
            Seed = (ulong)(inputs + outputs),
            Inputs = inputs,
            Outputs = outputs,
            Map = size,
            Geometry = new Conv2dGeometry(kernel) { Stride = stride, Padding = kernel / 2 },
            HasBias = true,
            HasResidual = stride == 1,
            IsSparse = true,
            ZeroBlocks = 0.8,
            OutputBorder = 1,
        };
    }

    [Theory]
    [MemberData(nameof(Tiers))]
    public void Packed_weights_serve_other_sizes(string name)
    {
        IntegerTier tier = Require(name);
        IntegerCase small = Small() with { IsSparse = true };
        IntegerCase large = small with { Map = (small.Map.Height + 20, small.Map.Width + 30), OutputBorder = 1 };
        PackedIntegerConvolution packed = small.Pack(tier), convolution = packed.For(large.Problem);
        Assert.Same(packed.Storage, convolution.Storage);
        ConvolutionProblem problem = large.Problem;
        byte[] input = new byte[problem.Input.Length], output = new byte[problem.Output.Length];
        Array.Fill(input, (byte)large.InputZeroPoint);
        IntegerRun.Block<byte>(large.Input(), input, problem.Input);
        convolution.Run(new IntegerOperands { Batch = 1, Input = input, Output = output, Scratch = new float[convolution.ScratchLength] }, 0, 1);
        Assert.Equal(large.Expected(), IntegerRun.Plain<byte>(output, problem.Output, 1));
        Assert.Throws<ArgumentException>(() => packed.For(large.Problem with { Stride = 4 }));
    }

    [Fact]
    public void Operands_that_do_not_fit_are_refused()
    {
        IntegerCase shape = Small() with { IsSparse = true };
        PackedIntegerConvolution convolution = shape.Pack(IntegerTier.Plain);
        ConvolutionProblem problem = shape.Problem;
        (byte[] input, byte[] output, float[] scratch) = (new byte[problem.Input.Length], new byte[problem.Output.Length], new float[convolution.ScratchLength]);
        convolution.Run(new IntegerOperands { Batch = 1, Input = input, Output = output, Scratch = scratch }, 0, 1);
        Refused("the input has", () => convolution.Run(new IntegerOperands { Batch = 1, Input = input.AsSpan(1), Output = output, Scratch = scratch }, 0, 1));
        Refused("the output has", () => convolution.Run(new IntegerOperands { Batch = 1, Input = input, Output = output.AsSpan(1), Scratch = scratch }, 0, 1));
        Refused("the scratch memory has", () => convolution.Run(new IntegerOperands { Batch = 1, Input = input, Output = output, Scratch = scratch.AsSpan(1) }, 0, 1));
        Refused("packed without", () => convolution.Run(new IntegerOperands { Batch = 1, Input = input, Residual = output, Output = output, Scratch = scratch }, 0, 1));
        Refused("no sums", () => convolution.Run(new IntegerOperands { Batch = 1, Input = input, Sums = new int[output.Length], Scratch = scratch }, 0, 1));
        Refused("no groups", () => (shape with { Geometry = shape.Geometry with { Groups = 2 } }).Pack(IntegerTier.Plain));
        Refused("no groups", () => (shape with { InputLanes = 4 }).Pack(IntegerTier.Plain));

        static void Refused(string part, Action action) => Assert.Contains(part, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Packed_weights_are_small_and_named()
    {
        IntegerCase dense = Small() with { Inputs = 256, Outputs = 256, ZeroBlocks = 0.8 };
        PackedIntegerConvolution sparse = (dense with { IsSparse = true }).Pack(IntegerTier.Plain);
        Assert.Equal("8-bit sparse 3x3 plain", sparse.KernelName);
        Assert.InRange(sparse.PackedBytes, 1, dense.Pack(IntegerTier.Plain).PackedBytes / 3);
    }

    [Fact]
    public void The_kernel_follows_the_weights()
    {
        IntegerTier tier = Require(IntegerTier.Avx512Vnni.Name);
        IntegerCase dense = Small() with { Inputs = 256, Outputs = 256, Map = 14 };
        Assert.IsType<IntegerConvolution>(Chosen(dense, tier));
        Assert.IsType<SparseIntegerConvolution>(Chosen(dense with { ZeroBlocks = 0.8 }, tier));
        Assert.IsType<IntegerConvolution>(Chosen(dense with { ZeroBlocks = 0.8 }, IntegerTier.Plain));
        Assert.IsType<IntegerConvolution>(Chosen(dense with { ZeroBlocks = 0.8, InputLanes = 4 }, tier));
        Assert.IsType<IntegerConvolution>(Chosen(dense with { ZeroBlocks = 0.8, Geometry = dense.Geometry with { Groups = 2 } }, tier));
        Assert.IsType<IntegerConvolution>(Chosen(dense with { ZeroBlocks = 0.8, KeepsSums = true }, tier));

        static PackedIntegerConvolution Chosen(IntegerCase shape, IntegerTier tier) => PackedIntegerConvolution.PackFastest(shape.Problem, shape.Numbers(), tier);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_loop_disassembles_and_keeps_to_its_registers(bool windows)
    {
        for (int width = 1; width <= 12; width++)
        {
            foreach (bool isFirst in (bool[])[false, true])
            {
                List<Instruction> code = Disassembly.Of(EmittedSparseSums.Emit(width, isFirst, windows));
                Assert.Equal(Mnemonic.Ret, code[^1].Mnemonic);
                Assert.Equal(width, code.Count(instruction => instruction.Mnemonic == Mnemonic.Vpdpbusd));
                foreach (Instruction instruction in code)
                {
                    Assert.True(s_allowed.Contains(instruction.Mnemonic), Disassembly.Text(instruction));
                    Assert.False(instruction.Op0Register is >= Register.ZMM5 and <= Register.ZMM15, Disassembly.Text(instruction)); // Windows wants xmm6 to xmm15 back
                }
            }
        }
    }

    private static IntegerCase Small() => new()
    {
        Seed = 5,
        Inputs = 40,
        Outputs = 24,
        Map = (9, 11),
        Geometry = new Conv2dGeometry(3) { Padding = 1 },
        HasBias = true,
    };

    private static IntegerTier Require(string name)
    {
        IntegerTier tier = IntegerTier.All.Single(tier => tier.Name == name);
        Assert.SkipUnless(tier.IsSupported, tier.Obstacle ?? "");
        return tier;
    }
}
