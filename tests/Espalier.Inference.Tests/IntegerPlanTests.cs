using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

/// <summary>Plans of quantized networks whose values are read in unusual ways: the bits of the reference all the same.</summary>
public sealed class IntegerPlanTests
{
    [Fact]
    public void A_stem_that_is_an_output_too_reads_the_image_as_floats()
    {
        var net = new GraphBuilder();
        Value stem = net.Input(3, 9, 10).Quantize("q").Then("stem", new Conv2d(3, 8, 3) { Padding = 1, Bias = true, QuantizedWeights = true }).Relu("relu");
        RequireSame(net.Build(stem.Quantize("p").GlobalAveragePool("mean").Quantize("m"), stem), threads: 2);
    }

    [Fact]
    public void Concats_whose_inputs_share_blocks_have_the_same_bits_on_many_threads()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 28, 28).Quantize("q");
        Value Branch(string name) => x.Then(name, new Conv2d(3, 58, 3) { Padding = 1, Bias = true, QuantizedWeights = true }).Quantize($"{name}.q");
        Graph graph = net.Build(Branch("a").Concat("both", Branch("b"), Branch("c")).ChannelShuffle("shuffle", 2));
        for (int round = 0; round < 5; round++)
        {
            RequireSame(graph, threads: 4);
        }
    }

    // The first output; others may be in floating point.
    private static void RequireSame(Graph graph, int threads)
    {
        Parameters parameters = RandomGraphs.ParametersFor(graph).With(graph.Nodes.Where(node => node.Op is Quantize).SelectMany(node => (KeyValuePair<string, Parameter>[])
        [
            KeyValuePair.Create(node.Parameter("scale"), new Parameter(Tensor.From([1], 0.02f))),
            KeyValuePair.Create(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [100]))),
        ]));
        var model = new Model(graph, parameters, ModelMetadata.None);
        Tensor input = CounterFill.Stream("sample", graph.ShapeOf(graph.Input.Name).Prepend(2), -2, 4);

        using var predictor = new Predictor(model, new PredictorOptions { Threads = threads });

        Assert.Equal(ReferenceRuntime.Instance.Prepare(model).RunAll(input)[0].Read<float>(), predictor.RunAll(input)[0].Read<float>());
    }
}
