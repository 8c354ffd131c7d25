using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>8-bit weights with many zeros in blocks of four input channels: the plan takes another kernel, which gives the bits of the definition.</summary>
public sealed class SparseIntegerTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void The_kernel_follows_the_weights_and_the_bits_stay(int batch, int threads)
    {
        Model model = Model();
        Tensor input = CounterFill.Stream("sample", [batch, 64, 14, 15], -2, 4);
        using var predictor = new Predictor(model, new PredictorOptions { Threads = threads });
        using IRunnable definition = ReferenceRuntime.Instance.Prepare(model);
        Assert.True(definition.RunAll(input)[0].BitEquals(predictor.Run(input)));

        string[] kernels = [.. predictor.Profile(input, 1).Where(step => step.Name is "zeros.q" or "sum.q" or "ones.q").Select(step => step.Kernel)];
        Assert.SkipUnless(IntegerTier.Best == IntegerTier.Avx512Vnni, IntegerTier.Avx512Vnni.Obstacle ?? "");
        Assert.Equal(["8-bit sparse 3x3 avx512vnni + relu", "8-bit sparse 1x1 avx512vnni + add", "8-bit 3x3 avx512vnni", "dequantize"], kernels);
    }

    private static Model Model()
    {
        var net = new GraphBuilder();
        Value x = net.Input(64, 14, 15).Quantize("q");
        Value y = x.Then("zeros", new Conv2d(64, 128, 3) { Padding = 1, Bias = true, QuantizedWeights = true }).Relu("relu").Quantize("zeros.q");
        Value z = y.Then("point", new Conv2d(128, 64, 1) { Bias = true, QuantizedWeights = true }).Add("sum", x).Quantize("sum.q");
        Graph graph = net.Build(z.Then("ones", new Conv2d(64, 48, 3) { Stride = 2, QuantizedWeights = true }).Quantize("ones.q"));
        Parameters parameters = RandomGraphs.ParametersFor(graph).With(
        [
            .. graph.Nodes.Where(node => node.Op is Quantize).SelectMany(node => (KeyValuePair<string, Parameter>[])
            [
                KeyValuePair.Create(node.Parameter("scale"), new Parameter(Tensor.From([1], 0.02f))),
                KeyValuePair.Create(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [100]))),
            ]),
            Weights(graph, "zeros", 0.8),
            Weights(graph, "point", 0.9),
            Weights(graph, "ones", 0),
        ]);
        return new Model(graph, parameters, ModelMetadata.None);
    }

    /// <summary>8-bit weights, of which a fraction of the blocks is zero.</summary>
    private static KeyValuePair<string, Parameter> Weights(Graph graph, string layer, double zeros)
    {
        string name = graph[layer].Parameter("weight");
        Shape shape = graph.Parameters.First(parameter => parameter.Key == name).Value.Shape;
        CounterRandom random = new CounterRandom(7).Stream(name);
        sbyte[] weights = [.. Enumerable.Range(0, (int)shape.Count).Select(i => (sbyte)(random.Below((ulong)i, 255) - 127))];
        int area = shape[2] * shape[3];
        for (int i = 0; i < weights.Length; i++)
        {
            (int row, int position) = Math.DivRem(i, area);
            bool isZero = random.Below((ulong)(weights.Length + (row / 4 * area) + position), 1000) < zeros * 1000;
            weights[i] = isZero ? (sbyte)0 : weights[i];
        }

        return KeyValuePair.Create(name, new Parameter(Tensor.From<sbyte>(shape, weights)));
    }
}
