using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Norms that training left behind layers with quantized weights.</summary>
public sealed class QuantizedNormFoldingTests
{
    [Fact]
    public void A_norm_changes_scales_signs_and_biases_and_no_integer()
    {
        Model model = Network(out Graph graph);
        Model folded = model.Apply(new QuantizedNormFolding());

        Assert.DoesNotContain(folded.Graph.Nodes, node => node.Op is BatchNorm or Affine);
        sbyte[] before = QuantizedLayer.Integers(model, graph["conv"]), after = QuantizedLayer.Integers(folded, folded.Graph["conv"]);
        float[] factors = model.Parameters["norm.weight"].Value.Read<float>().ToArray(), former = QuantizedLayer.Scales(model, graph["conv"]);
        float[] variance = model.Parameters["norm.running_var"].Value.Read<float>().ToArray();
        for (int i = 0; i < before.Length; i++)
        {
            Assert.Equal(before[i] * Math.Sign(factors[i / 27]), after[i]);
        }

        Assert.Equal(factors.Select((factor, c) => (float)(former[c] * Math.Abs(factor) / Math.Sqrt(variance[c] + 1e-5))), QuantizedLayer.Scales(folded, folded.Graph["conv"]), (a, b) => Math.Abs(a - b) <= 1e-6f * a);
        var integers = new IntegerValues(folded);
        Assert.All(folded.Graph.Nodes.Where(node => node.Op is Quantize).Skip(1), node => Assert.NotNull(integers.RegionOf(node)));
    }

    [Fact]
    public void The_folded_network_computes_the_same_up_to_one_quantum()
    {
        Model model = Network(out _);
        Tensor input = CounterFill.Stream("images", [4, 3, 6, 6], -1, 2);
        float[] before = ReferenceRuntime.Instance.Run(model, input).Read<float>().ToArray();
        float[] after = ReferenceRuntime.Instance.Run(model.Apply(new QuantizedNormFolding()), input).Read<float>().ToArray();
        float quantum = model.Parameters["out.scale"].Value.Read<float>()[0];

        Assert.All(before.Zip(after), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, quantum * 1.001f));
        Assert.True(before.Zip(after).Count(pair => pair.First != pair.Second) < before.Length / 20);
        Assert.True(before.Distinct().Count() > 20);
    }

    [Fact]
    public void A_dead_channel_keeps_its_shift_in_a_widened_scale()
    {
        Model model = Network(out _);
        float[] factors = model.Parameters["norm.weight"].Value.Read<float>().ToArray();
        (factors[0], factors[1]) = (0, 1e-20f);
        model = model.With(model.Parameters.With("norm.weight", new Parameter(Tensor.From<float>([factors.Length], factors))));
        Tensor input = CounterFill.Stream("images", [2, 3, 6, 6], -1, 2);
        float[] before = ReferenceRuntime.Instance.Run(model, input).Read<float>().ToArray();
        float[] after = ReferenceRuntime.Instance.Run(model.Apply(new QuantizedNormFolding()), input).Read<float>().ToArray();

        Assert.All(before.Zip(after), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, model.Parameters["out.scale"].Value.Read<float>()[0] * 1.001f));
    }

    [Fact]
    public void A_layer_that_others_read_or_share_keeps_its_norm()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 6, 6).Quantize("q");
        Value conv = x.Then("conv", new Conv2d(3, 4, 1) { QuantizedWeights = true });
        Graph graph = net.Build(conv.BatchNorm("norm").Add("sum", conv).Quantize("out"));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        PassPlan plan = new QuantizedNormFolding().Plan(model);

        Assert.Empty(plan.Patches);
        Assert.Equal("cannot be folded into 'conv', which other nodes read", Assert.Single(plan.Refusals).Reason);
    }

    [Fact]
    public void The_factor_of_stochastic_depth_goes_into_scales_where_the_fold_is_asked_for()
    {
        var net = new GraphBuilder();
        Value x = net.Input(4, 6, 6).Quantize("q");
        Value branch = x.Then("conv", new Conv2d(4, 4, 3) { Padding = 1, QuantizedWeights = true });
        Graph graph = net.Build(x.StochasticDepth("join", branch, new StochasticDepth(0.75)).Relu("relu").Quantize("out"));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);

        Assert.Contains("'conv' is of 8-bit weights", Assert.Single(InferenceFolding.Fold(model).Refusals).Reason, StringComparison.Ordinal);
        Model folded = model.Apply(new StochasticDepthFolding(quantized: true));

        Assert.IsType<Add>(folded.Graph["join"].Op);
        Assert.Equal("conv", new IntegerValues(folded).RegionOf(folded.Graph["out"])!.Layer!.Name);
        Assert.Equal(QuantizedLayer.Integers(model, graph["conv"]), QuantizedLayer.Integers(folded, folded.Graph["conv"]));
        Assert.Equal(QuantizedLayer.Scales(model, graph["conv"]).Select(scale => 0.75f * scale), QuantizedLayer.Scales(folded, folded.Graph["conv"]));
    }

    private static Model Network(out Graph graph)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 6, 6).Quantize("q");
        x = x.Then("conv", new Conv2d(3, 5, 3) { Padding = 1, QuantizedWeights = true }).BatchNorm("norm").Relu("relu").Quantize("relu_quantize");
        x = x.Then("depthwise", new Conv2d(5, 5, 3) { Groups = 5, Bias = true, QuantizedWeights = true }).Affine("affine").Quantize("depthwise_quantize");
        graph = net.Build(x.Flatten("flatten").Then("fc", new Linear(80, 7) { QuantizedWeights = true }).BatchNorm("last").Quantize("out"));
        Parameters parameters = RandomGraphs.ParametersFor(graph);
        foreach (Node node in graph.Nodes)
        {
            if (node.Op is Quantize)
            {
                var point = QuantizationPoint.Covering(node.Name == "relu_quantize" ? 0 : -4, 4);
                parameters = parameters.With(node.Parameter("scale"), new Parameter(Tensor.From([1], point.Scale))).With(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [point.ZeroPoint])));
            }
            else if (node.Op is BatchNorm norm)
            {
                parameters = parameters.With(node.Parameter("weight"), new Parameter(Tensor.From<float>([norm.Channels], [.. Enumerable.Range(0, norm.Channels).Select(c => c % 2 == 0 ? 0.7f + (0.1f * c) : -0.9f)])));
            }
        }

        return new Model(graph, parameters, ModelMetadata.None);
    }
}
