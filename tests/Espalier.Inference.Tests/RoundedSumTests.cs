using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>Layers in 8 bits that are rounded before a sum takes them in: one step computes layer, rounding, sum and rounding, with the bits of the definition.</summary>
public sealed class RoundedSumTests
{
    private const int Channels = 32;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void A_residual_network_has_no_step_that_only_adds(int batch, int threads)
    {
        Model folded = InferenceFolding.Fold(Zoo.Create(TinyData.Network).Initialize(3)).After;
        Tensor input = CounterFill.Stream("sample", folded.Graph.ShapeOf(folded.Graph.Input.Name).Prepend(batch), -2, 4);
        var options = new QuantizationOptions { Observer = CalibrationObserver.MinMax, WeightScales = WeightScaleRule.GreatestMagnitude, Equalize = false, CorrectBias = false, RoundSums = true };
        Model model = folded.Apply(Quantization.Calibrate(folded, [input], CpuRuntime.Instance, options));
        using var predictor = new Predictor(model, new PredictorOptions { Threads = threads });
        Assert.True(ReferenceExecutor.Run(model, input).BitEquals(predictor.Run(input)));
        string[] kernels = [.. predictor.Profile(input, 1).Select(step => step.Kernel)];
        Assert.DoesNotContain(kernels, kernel => kernel.StartsWith("8-bit add", StringComparison.Ordinal));
        Assert.Equal(9, kernels.Count(kernel => kernel.EndsWith(" + round + add + relu", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_second_operand_and_limits_of_the_layer_are_part_of_the_step() =>
        Check((x, _) => x.Add("sum", Layer(x, "one", 3, limits: true)).Relu("relu"), "q 8-bit input", "sum.q 8-bit 3x3 + relu + round + add + relu");

    [Fact]
    public void Of_two_layers_the_later_is_computed_with_the_sum() =>
        Check((x, _) => Layer(x, "one", 3).Add("sum", Layer(x, "two", 1)), "q 8-bit input", "one.q 8-bit 3x3", "sum.q 8-bit 1x1 + round + add");

    [Fact]
    public void Depthwise_layers_are_computed_with_sums_too() =>
        Check((x, _) => Layer(x, "one", 3, groups: Channels).Add("sum", x), "q 8-bit input", "sum.q 8-bit depthwise 3x3 + round + add");

    [Fact]
    public void A_layer_that_is_read_twice_has_its_own_step() =>
        Check((x, _) =>
        {
            Value one = Layer(x, "one", 3);
            return one.Add("sum", x).Quantize("first.q").Multiply("product", one);
        }, "q 8-bit input", "one.q 8-bit 3x3", "first.q 8-bit add", "sum.q 8-bit multiply");

    [Fact]
    public void A_layer_that_is_an_output_has_its_own_step() =>
        Check((x, outputs) =>
        {
            Value one = Layer(x, "one", 3);
            outputs.Add(one);
            return one.Add("sum", x);
        }, "q 8-bit input", "one.q 8-bit 3x3", "sum.q 8-bit add");

    [Fact]
    public void A_layer_that_is_added_to_itself_has_its_own_step() =>
        Check((x, _) =>
        {
            Value one = Layer(x, "one", 3);
            return one.Add("sum", one);
        }, "q 8-bit input", "one.q 8-bit 3x3", "sum.q 8-bit add");

    [Fact]
    public void A_sum_that_is_also_read_as_it_is_has_its_own_step() =>
        Check((x, outputs) =>
        {
            Value sum = Layer(x, "one", 3).Add("sum", x);
            outputs.Add(sum.Silu("silu"));
            return sum.Relu("relu");
        }, "q 8-bit input", "one.q 8-bit 3x3", "sum.q 8-bit add + relu");

    [Fact]
    public void Sums_of_sums_take_in_one_layer_each() =>
        Check(
            (x, _) => Layer(Layer(x, "one", 3).Add("first", x).Quantize("first.q"), "two", 1).Add("sum", Layer(x, "three", 3)),
            "q 8-bit input", "first.q 8-bit 3x3 + round + add", "two.q 8-bit 1x1", "sum.q 8-bit 3x3 + round + add");

    /// <summary>Fails unless the steps in integers of a network, without their instructions, are these, and its results those of the definition.</summary>
    private static void Check(Func<Value, List<Value>, Value> network, params string[] expected)
    {
        var net = new GraphBuilder();
        List<Value> outputs = [];
        Value y = network(net.Input(Channels, 7, 9).Quantize("q"), outputs).Quantize("sum.q");
        Graph graph = net.Build([y, .. outputs]);
        var dice = new Dice(5);
        Parameters parameters = RandomGraphs.ParametersFor(graph).With(graph.Nodes.Where(node => node.Op is Quantize).SelectMany(node => (KeyValuePair<string, Parameter>[])
        [
            KeyValuePair.Create(node.Parameter("scale"), new Parameter(Tensor.From([1], 0.01f + (0.001f * dice.Between(0, 20))))),
            KeyValuePair.Create(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [(byte)dice.Pick(90, 128, 140)]))),
        ]));
        var model = new Model(graph, parameters, ModelMetadata.None);
        foreach (int batch in (int[])[1, 3])
        {
            Tensor input = CounterFill.Stream("sample", [batch, Channels, 7, 9], -2, 4);
            using var predictor = new Predictor(model, new PredictorOptions { Threads = batch });
            Assert.True(ReferenceRuntime.Instance.Prepare(model).RunAll(input)[0].BitEquals(predictor.Run(input)));
            string[] steps = [.. predictor.Profile(input, 1).Where(step => step.Kernel.StartsWith("8-bit", StringComparison.Ordinal))
                .Select(step => $"{step.Name} {step.Kernel}".Replace($" {Espalier.Kernels.IntegerTier.Best.Name}", "", StringComparison.Ordinal))];
            Assert.Equal(expected, steps);
        }
    }

    private static Value Layer(Value x, string name, int kernel, bool limits = false, int groups = 1)
    {
        Value layer = x.Then(name, new Conv2d(Channels, Channels, kernel) { Padding = kernel / 2, Bias = true, QuantizedWeights = true, Groups = groups });
        return (limits ? layer.Relu($"{name}.relu") : layer).Quantize($"{name}.q");
    }
}
