using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Inference.Tests;

public class PredictorTests
{
    private const int Seeds = 60;

    [Theory]
    [MemberData(nameof(SeedsAndSets))]
    public void Random_networks_agree_with_the_reference_in_double(ulong seed, string instructionSet)
    {
        Model model = RandomGraphs.CreateModel(seed, new RandomGraphOptions { ManyOutputs = true });
        Tensor input = Samples(model, batch: 2);
        using var predictor = new Predictor(model, new PredictorOptions { Threads = 2, InstructionSet = InstructionSet.Choose(instructionSet) });

        IReadOnlyList<Tensor> expected = ReferenceExecutor.RunOutputs(model, input);
        IReadOnlyList<Tensor> actual = predictor.RunAll(input);

        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            double difference = Difference.Relative(expected[i], actual[i]);
            Assert.True(difference <= 1e-4, $"seed {seed}, {instructionSet}: output {i} is off by {difference:E2}\n{model.Graph}");
        }
    }

    [Fact]
    public void Unfolded_networks_agree_with_the_reference_too()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            Model model = RandomGraphs.CreateModel(seed);
            Tensor input = Samples(model, batch: 2);
            using var predictor = new Predictor(model, new PredictorOptions { Threads = 1, Unfolded = true });

            double difference = Difference.Relative(ReferenceExecutor.Run(model, input), predictor.Run(input));

            Assert.True(difference <= 1e-4, $"seed {seed}: off by {difference:E2}\n{model.Graph}");
        }
    }

    [Fact]
    public void Every_op_is_in_the_step_table()
    {
        foreach (OpSample sample in AllOps.Samples)
        {
            Graph graph = sample.Inputs.Length > 1 ? OfSlices(sample) : sample.ToGraph();
            var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
            using var predictor = new Predictor(model, new PredictorOptions { Threads = 1 });
            Tensor input = Samples(model, batch: 3);

            Assert.InRange(Difference.Relative(ReferenceExecutor.Run(model, input), predictor.Run(input)), 0, 1e-5);
        }
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(2ul)]
    [InlineData(3ul)]
    [InlineData(4ul)]
    public void The_bits_do_not_depend_on_threads_or_batch(ulong seed)
    {
        Model model = RandomGraphs.CreateModel(seed);
        Tensor five = Samples(model, batch: 5);
        using var one = new Predictor(model, new PredictorOptions { Threads = 1 });
        using var three = new Predictor(model, new PredictorOptions { Threads = 3 });

        Tensor expected = one.Run(five);

        Assert.True(expected.BitEquals(three.Run(five)), $"seed {seed}: three threads");
        for (int i = 0; i < 5; i++)
        {
            Assert.True(Sample(expected, i).BitEquals(three.Run(Sample(five, i))), $"seed {seed}: sample {i} alone");
        }
    }

    [Theory]
    [InlineData(16, 32, 0)] // whole blocks: nothing is copied
    [InlineData(16, 7, 0)] // what ends a concat may end within a block
    [InlineData(7, 32, 2)] // the second and the third would begin within a block
    public void Concats_copy_only_what_cannot_be_written_in_place(int first, int later, int copies)
    {
        var net = new GraphBuilder();
        Value start = net.Input(8, 9, 10).Conv2d("start", first, 3, padding: 1).Relu("start.relu");
        Value one = start.Concat("one", start.Conv2d("a", 32, 3, padding: 1).Relu("a.relu"));
        Value two = one.Concat("two", one.Conv2d("b", later, 1).Relu("b.relu"));
        Graph graph = net.Build(two.Conv2d("end", 24, 3, padding: 1), one);
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        Tensor input = Samples(model, batch: 3);
        using var predictor = new Predictor(model, new PredictorOptions { Threads = 2, InstructionSet = InstructionSet.Vector128Bit });

        IReadOnlyList<Tensor> expected = ReferenceExecutor.RunOutputs(model, input);
        IReadOnlyList<Tensor> actual = predictor.RunAll(input);

        Assert.InRange(Difference.Relative(expected[0], actual[0]), 0, 1e-5);
        Assert.InRange(Difference.Relative(expected[1], actual[1]), 0, 1e-5);
        Assert.Equal(copies, predictor.Profile(input, 1).Count(step => step.Kernel == "concat"));
    }

    [Fact]
    public async Task Many_callers_share_one_predictor()
    {
        Model model = RandomGraphs.CreateModel(7);
        using var predictor = new Predictor(model, new PredictorOptions { Threads = 2 });
        Tensor[] inputs = [.. Enumerable.Range(1, 8).Select(batch => Samples(model, batch))];
        Tensor[] expected = [.. inputs.Select(predictor.Run)];

        await Parallel.ForAsync(0, 200, TestContext.Current.CancellationToken, (i, _) =>
        {
            Assert.True(expected[i % 8].BitEquals(predictor.Run(inputs[i % 8])), $"call {i}");
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void A_sample_of_another_size_gets_a_plan_of_its_own()
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8).Conv2d("conv", 5, 3, stride: 2, padding: 1, bias: true).Relu("relu").GlobalAveragePool("pool").Flatten("flatten");
        Graph graph = net.Build(x.Linear("fc", 4));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        using var predictor = new Predictor(model);
        Tensor input = CounterFill.Input([2, 3, 13, 9]);

        Assert.InRange(Difference.Relative(ReferenceExecutor.Run(model, input), predictor.Run(input)), 0, 1e-5);
        Assert.Contains("conv: was made for 3 channels, found 4", Assert.Throws<GraphException>(() => predictor.Run(CounterFill.Input([1, 4, 8, 8]))).Message, StringComparison.Ordinal);
        Assert.Throws<EspalierException>(() => predictor.Run(CounterFill.Input([3])));
    }

    [Fact]
    public void Only_the_most_recent_shapes_keep_their_plans()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(3, 8, 8).Conv2d("conv", 64, 3, padding: 1).Relu("relu"));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        using var predictor = new Predictor(model, new PredictorOptions { Threads = 1, Plans = 2 });
        predictor.Run(CounterFill.Input([1, 3, 8, 8]));
        long one = predictor.MemoryBytes;

        for (int size = 8; size < 20; size++)
        {
            Tensor input = CounterFill.Input([1, 3, size, 8]);
            Assert.InRange(Difference.Relative(ReferenceExecutor.Run(model, input), predictor.Run(input)), 0, 1e-5);
        }

        Assert.InRange(predictor.MemoryBytes, one + 1, 6 * one);
    }

    [Fact]
    public void A_profile_names_every_step_and_its_work()
    {
        Model model = RandomGraphs.CreateModel(11);
        using var predictor = new Predictor(model);

        IReadOnlyList<LayerTiming> timings = predictor.Profile(Samples(model, batch: 1), repetitions: 3);

        Graph folded = Surgery.InferenceFolding.FoldUnrecorded(model, new Surgery.LinearFoldingOptions { LeavesNormsAfterLayers = true }).After.Graph; // a fold may merge convolutions
        Assert.Equal(new NetworkSummary(folded).MultiplyAccumulates, timings.Sum(timing => timing.MultiplyAccumulates));
        Assert.All(timings, timing => Assert.True(timing.Milliseconds > 0 && timing.Kernel.Length > 0));
        Assert.Equal(timings.Count, timings.Select(timing => timing.Name).Distinct().Count());
    }

    public static TheoryData<ulong, string> SeedsAndSets() =>
        [.. from seed in Enumerable.Range(1, Seeds) from set in InstructionSet.All where set.IsSupported select ((ulong)seed, set.Name)];

    private static Tensor Samples(Model model, int batch) => CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(batch));

    // A predictor has one input: an op with several reads slices of it, the per-channel factor of a product a slice's mean.
    private static Graph OfSlices(OpSample sample)
    {
        var net = new GraphBuilder();
        Shape first = sample.Inputs[0];
        Value input = net.Input(first.WithoutFirst().Prepend(sample.Inputs.Sum(shape => shape[0])));
        int start = 0;
        var slices = new List<Value>();
        foreach (Shape shape in sample.Inputs)
        {
            Value slice = input.ChannelSlice($"slice{slices.Count}", start, shape[0]);
            slices.Add(slice.Shape == shape ? slice : slice.GlobalAveragePool($"mean{slices.Count}"));
            start += shape[0];
        }

        return net.Build(net.Append("op", sample.Op, [.. slices]));
    }

    private static Tensor Sample(Tensor batch, int index)
    {
        int length = (int)(batch.Shape.Count / batch.Shape[0]);
        return Tensor.From(batch.Shape.WithoutFirst().Prepend(1), batch.Read<float>().Slice(index * length, length));
    }
}
