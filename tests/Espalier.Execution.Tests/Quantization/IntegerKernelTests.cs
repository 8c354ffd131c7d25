using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;
using static Espalier.Execution.Tests.Quantization.QuantizedNets;

namespace Espalier.Execution.Tests.Quantization;

/// <summary>The integers that graphs mean and those that the definitions of the kernels compute: the same, although each is written by itself.</summary>
public sealed class IntegerKernelTests
{
    private const int Seeds = 60;

    [Fact]
    public void A_quantized_convolution_is_the_kernels()
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            var dice = new Dice(seed);
            var op = new Conv2d(4, 6, dice.Of(1, 3)) { Stride = dice.Of(1, 2), Padding = dice.Of(0, 1), Groups = dice.Of(1, 2), Bias = true, QuantizedWeights = true };
            var shape = new FeatureMap(4, 5, 6);
            bool limits = dice.Of(0, 1) == 1;
            var net = new GraphBuilder();
            Value conv = net.Input(4, 5, 6).Quantize("q").Then("conv", op);
            Graph graph = net.Build((limits ? conv.Relu6("relu6") : conv).Quantize("y"));
            (float from, float to) = (dice.Scale(), dice.Scale() * 20);
            (byte zero, byte other) = (dice.Byte(), dice.Byte());
            sbyte[] weight = [.. Enumerable.Range(0, (int)op.Parameters[0].Shape.Count).Select(_ => (sbyte)(dice.Byte() % 255 - 127))];
            float[] scales = [.. Enumerable.Range(0, 6).Select(_ => dice.Scale())], bias = [.. Enumerable.Range(0, 6).Select(_ => (dice.Byte() - 128) * from)];
            Model model = Model(
                graph, Scale("q", from), Zero("q", zero), Bytes("conv.weight", op.Parameters[0].Shape, weight), Floats("conv.weight_scale", scales), Floats("conv.bias", bias), Scale("y", to), Zero("y", other));
            byte[] input = [.. Enumerable.Range(0, shape.Length).Select(_ => dice.Byte())];

            float[] meant = Run(model, [.. input.Select(integer => (integer - zero) * from)]);

            FeatureMap output = FeatureMap.Of(graph.ShapeOf("conv"));
            int[] sums = new int[output.Length];
            Reference.IntegerConv2d(input, 1, shape, zero, weight, [.. bias.Zip(scales, (value, scale) => (int)Math.Round(value / ((double)from * scale)))], 6, Geometry.Of(op), sums);
            byte[] computed = new byte[sums.Length];
            Requantization rounding = limits ? Requantization.To(to, other, 0, 6) : Requantization.To(to, other);
            Reference.IntegerRequantize(sums, 1, output, Array.ConvertAll(scales, scale => Requantization.Multiplier(from, scale, to)), rounding, computed);
            Assert.True(meant.SequenceEqual(computed.Select(integer => (integer - other) * to)), $"seed {seed}: {graph}");
        }
    }

    [Fact]
    public void A_sum_of_quantized_values_is_the_kernels()
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            var dice = new Dice(seed);
            (float a, float b, float to) = (dice.Scale(), dice.Scale(), dice.Scale());
            (byte zeroA, byte zeroB, byte zero) = (dice.Byte(), dice.Byte(), dice.Byte());
            var net = new GraphBuilder();
            Value input = net.Input([32]);
            Graph graph = net.Build(input.Quantize("a").Add("sum", input.Quantize("b")).Relu("relu").Quantize("y"));
            Model model = Model(graph, Scale("a", a), Zero("a", zeroA), Scale("b", b), Zero("b", zeroB), Scale("y", to), Zero("y", zero));
            float[] sample = [.. Enumerable.Range(0, 32).Select(_ => (dice.Byte() - 128) * a)];

            float[] meant = Run(model, sample);

            (byte[] first, byte[] second, byte[] computed) = (new byte[32], new byte[32], new byte[32]);
            Reference.Quantize(sample, a, Requantization.To(a, zeroA), first);
            Reference.Quantize(sample, b, Requantization.To(b, zeroB), second);
            Reference.IntegerAdd(
                first, second, new IntegerAddition(zeroA, Requantization.Multiplier(a, to), zeroB, Requantization.Multiplier(b, to), Requantization.To(to, zero, 0)), computed);
            Assert.True(meant.SequenceEqual(computed.Select(integer => (integer - zero) * to)), $"seed {seed}");
        }
    }

    private sealed class Dice(ulong seed)
    {
        private readonly CounterRandom _random = new CounterRandom(seed).Stream("kernels");
        private ulong _at;

        internal int Of(int first, int second) => Next() < 0.5 ? first : second;

        internal byte Byte() => (byte)(Next() * 256);

        internal float Scale() => (float)(0.01 + Next());

        private double Next() => _random.Uniform(_at++, 0, 0.999999);
    }
}
