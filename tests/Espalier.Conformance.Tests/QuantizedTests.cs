using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Conformance.Tests;

/// <summary>Random quantized networks: every runtime gives the bits of the definition in all that is computed in integers, for any number of threads and samples.</summary>
public sealed class QuantizedTests
{
    private static readonly ulong Seeds = FullRun.IsOn ? 150UL : 60;

    [Theory]
    [MemberData(nameof(Runtimes.OfProcessors), MemberType = typeof(Runtimes))]
    public void Integers_have_the_bits_of_the_definition(string runtime)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            Model model = RandomQuantizedGraphs.Create(seed, widest: seed % 3 == 0 ? 40 : 6, floats: false);
            foreach ((int batch, int threads) in ((int, int)[])[(1, 1), (3, 2)])
            {
                Tensor input = CounterFill.Stream($"sample {seed}", model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(batch), -2, 4);
                IReadOnlyList<Tensor> expected = ReferenceRuntime.Instance.Prepare(model).RunAll(input);
                using IRunnable run = Runtimes.Get(runtime).Prepare(model, new RunOptions { Threads = threads });
                IReadOnlyList<Tensor> found = run.RunAll(input);
                for (int i = 0; i < expected.Count; i++)
                {
                    int at = found[i].Bytes.Span.CommonPrefixLength(expected[i].Bytes.Span) / sizeof(float);
                    Assert.True(at == expected[i].Shape.Count, $"seed {seed}, {batch} samples, {threads} threads, output {model.Graph.Outputs[i]} differs at {at}\n{model.Graph}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void Scales_are_trained_like_those_of_the_reference_or_kept(string runtime)
    {
        foreach (OpSample sample in AllOps.Samples.Where(sample => sample.Op is Quantize || QuantizedLayer.Is(sample.Op)))
        {
            Graph graph = sample.ToSurroundedGraph();
            var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
            foreach (bool learns in (bool[])[true, false])
            {
                var options = new TrainingRunOptions { Batch = 3, LearnScales = learns };
                using ITrainingRun run = Runtimes.Get(runtime).PrepareTraining(model, options);
                new TrainingCheck(run, options).AssertClose(1e-4, $"{sample}, {(learns ? "learned" : "kept")} scales");
                TrainingParameter[] scales = [.. run.Parameters.Where(parameter => parameter.Kind == TrainingParameterKind.Scale)];
                Assert.NotEmpty(scales);
                Assert.All(scales, parameter => Assert.Equal((learns, learns), (parameter.Trainable, parameter.HasGradient)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Runtimes.Names), MemberType = typeof(Runtimes))]
    public void A_scale_of_0_is_refused_before_a_step(string runtime)
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([3]).Quantize("q").Then("fc", new Linear(3, 2, Bias: false) { QuantizedWeights = true }));
        using ITrainingRun run = Runtimes.Get(runtime).PrepareTraining(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None), new TrainingRunOptions { Batch = 1 });
        run.Step(() => run.Parameters.Single(parameter => parameter.Name == "q.scale").Value.Span[0] = 0);
        Assert.Contains("'q.scale' has the element 0", Assert.Throws<EspalierException>(() => run.Forward(Tensor.Zeros([1, 3]), 0)).Message, StringComparison.Ordinal);
    }
}
