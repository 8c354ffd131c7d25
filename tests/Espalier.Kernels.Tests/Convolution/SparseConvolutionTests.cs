using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

/// <summary>The sparse kernels on weights with zeros; <see cref="ConvolutionKernelTests"/> gives them dense ones.</summary>
public sealed class SparseConvolutionTests
{
    private const double Tolerance = 1e-5;

    private static int RandomCases => Environment.GetEnvironmentVariable("ESPALIER_LONG") == "1" ? 2000 : FullRun.IsOn ? 200 : 80;

    public static TheoryData<string, string> Sparse()
    {
        var data = new TheoryData<string, string>();
        foreach (ConvolutionKernel kernel in Kernels())
        {
            data.Add(kernel.Name, kernel.InstructionSet.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Sparse))]
    public void Random_shapes_with_any_share_of_zeros_agree_with_the_definition(string name, string set)
    {
        foreach ((ulong seed, ConvolutionCase shape) in Shapes(Find(name, set), firstSeed: 50_000, RandomCases))
        {
            double error = new ConvolutionRun(Find(name, set), shape, changeWeights: weights => Prune(shape, weights, seed)).Error();
            Assert.True(error <= Tolerance, $"seed {seed}: error {error:E2} of the rms, {shape with { Name = "" }}");
        }
    }

    [Theory]
    [MemberData(nameof(Sparse))]
    public void Every_split_of_sparse_weights_gives_the_same_bits(string name, string set)
    {
        foreach ((ulong seed, ConvolutionCase shape) in Shapes(Find(name, set), firstSeed: 60_000, 30))
        {
            var run = new ConvolutionRun(Find(name, set), shape, changeWeights: weights => Prune(shape, weights, seed));
            float[] whole = run.Run(1);
            foreach (int parts in new[] { 2, 3, 7, run.Packed.MaximumParts(shape.Batch) + 1 })
            {
                Assert.True(whole.AsSpan().SequenceEqual(run.Run(parts)), $"seed {seed} in {parts} parts");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sparse))]
    public void A_layer_of_zeros_and_a_single_weight_agree_with_the_definition(string name, string set)
    {
        foreach (ConvolutionCase shape in ConvolutionCases.Named.Where(shape => Supports(Find(name, set), shape)))
        {
            Assert.Equal(0, new ConvolutionRun(Find(name, set), shape with { Bias = false, Residual = ResidualKind.None, Activation = default }, changeWeights: Array.Clear).Error());
            Assert.InRange(new ConvolutionRun(Find(name, set), shape, changeWeights: Array.Clear).Error(), 0, Tolerance);
            Assert.InRange(new ConvolutionRun(Find(name, set), shape, changeWeights: KeepOne).Error(), 0, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Sparse))]
    public void What_is_not_finite_spreads_through_weights_but_not_through_zeros(string name, string set)
    {
        var shape = new ConvolutionCase { Name = "not finite", InputChannels = 20, OutputChannels = 40, Height = 7, Width = 9, Kernel = (1, 1), Pad = default };
        int height = name == "sparse4x1" ? 4 : 1; // a zero in a block that has other weights is multiplied by, so only whole blocks are tested
        foreach (float value in new[] { float.NaN, float.PositiveInfinity })
        {
            float[] result = new ConvolutionRun(
                Find(name, set), shape, input => input.AsSpan(3 * 63, 63).Fill(value), weights => ZeroInEveryOther(height, weights, shape.InputChannels, channel: 3)).Run(1);
            for (int i = 0; i < result.Length; i++)
            {
                Assert.True(float.IsFinite(result[i]) == (i / 63 / height % 2 == 0), $"{value} made {result[i]} of output channel {i / 63}");
            }
        }
    }

    [Theory]
    [InlineData(64, 256, 56, 1, 1, 0.2, 0, "direct")]
    [InlineData(64, 256, 56, 1, 1, 0.9, 0.65, "sparse")]
    [InlineData(1024, 256, 14, 1, 1, 0.2, 0, "direct")]
    [InlineData(1024, 256, 14, 1, 1, 0.7, 0.24, "sparse")]
    [InlineData(1024, 256, 14, 1, 1, 0.7, 0.7, "sparse4x1")]
    [InlineData(2048, 512, 7, 1, 1, 0.7, 0.24, "sparse")]
    [InlineData(2048, 512, 7, 1, 1, 0.5, 0.5, "sparse4x1")]
    [InlineData(512, 1024, 28, 1, 2, 0.7, 0.24, "sparse")]
    [InlineData(128, 128, 28, 3, 1, 0.5, 0.06, "winograd4")]
    [InlineData(128, 128, 28, 3, 1, 0.5, 0.5, "winograd4")]
    [InlineData(128, 128, 28, 3, 1, 0.9, 0.65, "sparse")]
    [InlineData(128, 128, 28, 3, 1, 0.9, 0.9, "sparse4x1")]
    [InlineData(256, 256, 28, 3, 2, 0.7, 0.24, "sparse")]
    [InlineData(512, 512, 7, 3, 1, 0.8, 0.4, "sparse")]
    public void Zeros_decide_the_kernel(int inputs, int outputs, int size, int kernel, int stride, double zeros, double zeroBlocks, string expected)
    {
        var shape = new ConvolutionCase
        {
            Name = "",
            InputChannels = inputs,
            OutputChannels = outputs,
            Height = size,
            Width = size,
            Kernel = (kernel, kernel),
            Stride = (stride, stride),
            Pad = new Padding(kernel / 2, kernel / 2, kernel / 2, kernel / 2),
        };
        Assert.Equal(expected, ConvolutionKernel.Choose(shape.ToProblem(InstructionSet.Best.Lanes), null, "", new WeightSparsity(zeros, zeroBlocks)).Name);
    }

    [Fact]
    public void No_dense_layer_is_computed_as_a_sparse_one()
    {
        foreach (ConvolutionKernel sparse in Kernels())
        {
            foreach (ConvolutionCase shape in ConvolutionCases.Named)
            {
                Assert.DoesNotContain("sparse", ConvolutionKernel.Choose(shape.ToProblem(sparse.InstructionSet.Lanes), null, "").Name, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Zeros_of_both_signs_are_counted()
    {
        Assert.Equal(0.5, WeightSparsity.Of([0f, 1f, -0f, float.NaN], 2).Zeros);
        Assert.Equal(default, WeightSparsity.Of([], 0));
        Assert.Equal(default, WeightSparsity.Of([1f, 2f], 1));
        Assert.Throws<ArgumentException>(() => WeightSparsity.Of([1f, 2f, 3f], 2));
    }

    [Fact]
    public void A_block_of_zeros_is_four_output_channels_that_ignore_an_input()
    {
        // Channels 0 to 3 and 4 to 5, two weights each: one of the four blocks is zero as a whole.
        Assert.Equal(new WeightSparsity(9 / 12.0, 0.25), WeightSparsity.Of([0f, 0f, 0f, 1f, -0f, 0f, 0f, 0f, 0f, 2f, 3f, 0f], 6));
        Assert.Equal(new WeightSparsity(1, 1), WeightSparsity.Of(new float[12], 6));
    }

    [Theory]
    [MemberData(nameof(Sparse))]
    public void Denormal_weights_are_weights_and_denormal_inputs_are_multiplied(string name, string set)
    {
        var shape = new ConvolutionCase { Name = "denormal", InputChannels = 40, OutputChannels = 24, Height = 9, Width = 11, Bias = false };
        var tinyWeights = new ConvolutionRun(Find(name, set), shape, changeWeights: weights => Prune(shape, Scale(weights, 1e-41f), 1)); // denormal times 1 is denormal
        Assert.Contains(tinyWeights.Run(1), value => value != 0);
        var tinyInputs = new ConvolutionRun(Find(name, set), shape, input => Scale(input, 1e-40f), weights => Prune(shape, Scale(weights, 1e6f), 1));
        Assert.InRange(tinyInputs.Error(), 0, 1e-3); // denormals have few bits, which the oracle's inputs share: what is left is rounding of sums that are normal
    }

    [Theory]
    [MemberData(nameof(Sparse))]
    public void Parts_are_balanced_by_nonzeros_and_rows_of_zeros_cost_nothing(string name, string set)
    {
        // All weights of the first of four panels: whoever splits channels by number gives one part everything.
        var shape = new ConvolutionCase { Name = "uneven", InputChannels = 32, OutputChannels = 512, Height = 2, Width = 2, Kernel = (1, 1), Pad = default };
        var run = new ConvolutionRun(Find(name, set), shape, changeWeights: weights => weights.AsSpan(128 * 32).Clear());
        var full = new ConvolutionRun(Find(name, set), shape);
        Assert.InRange(run.Packed.PackedBytes, 1, full.Packed.PackedBytes / 2);
        Assert.InRange(run.Error(), 0, Tolerance);
        float[] whole = run.Run(1);
        foreach (int parts in new[] { 2, 3, 4, 5, 9 })
        {
            Assert.True(whole.AsSpan().SequenceEqual(run.Run(parts)), $"in {parts} parts");
        }
    }

    private static float[] Scale(float[] values, float by)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= by;
        }

        return values;
    }

    private static IEnumerable<ConvolutionKernel> Kernels() =>
        ConvolutionKernel.All.Where(kernel => kernel.Name is "sparse" or "sparse4x1" && kernel.InstructionSet.IsSupported);

    private static ConvolutionKernel Find(string name, string set) => Kernels().Single(kernel => kernel.Name == name && kernel.InstructionSet.Name == set);

    private static bool Supports(ConvolutionKernel kernel, ConvolutionCase shape) => kernel.Supports(shape.ToProblem(kernel.InstructionSet.Lanes));

    private static IEnumerable<(ulong Seed, ConvolutionCase Shape)> Shapes(ConvolutionKernel kernel, ulong firstSeed, int count)
    {
        int tried = 0;
        for (ulong seed = firstSeed; tried < count; seed++)
        {
            ConvolutionCase shape = ConvolutionCases.Random(seed);
            if (Supports(kernel, shape))
            {
                tried++;
                yield return (seed, shape);
            }
        }
    }

    /// <summary>A random share of zeros, every second time in blocks of 4 output channels, and every fourth time also a whole output channel of them.</summary>
    private static void Prune(ConvolutionCase shape, float[] weights, ulong seed)
    {
        CounterRandom random = new CounterRandom(seed).Stream("zeros");
        double share = random.Uniform(0);
        int ofChannel = weights.Length / shape.OutputChannels;
        int height = seed % 2 == 0 ? 1 : 4;
        for (int i = 0; i < weights.Length; i++)
        {
            int block = (i / ofChannel / height * ofChannel) + (i % ofChannel);
            weights[i] = random.Uniform((ulong)block + 1) < share ? 0 : weights[i];
        }

        if (seed % 4 == 0)
        {
            weights.AsSpan((int)(seed % (ulong)shape.OutputChannels) * ofChannel, ofChannel).Clear();
        }
    }

    private static void KeepOne(float[] weights)
    {
        float kept = weights[weights.Length / 2];
        Array.Clear(weights);
        weights[weights.Length / 2] = kept;
    }

    private static void ZeroInEveryOther(int height, float[] weights, int inputs, int channel)
    {
        for (int output = 0; output * inputs < weights.Length; output++)
        {
            if (output / height % 2 == 0)
            {
                weights[(output * inputs) + channel] = output % 4 == 0 ? 0f : -0f;
            }
        }
    }
}
