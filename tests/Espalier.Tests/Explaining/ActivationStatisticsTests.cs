using Espalier.Data;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Tests;

public sealed class ActivationStatisticsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cpu")]
    [InlineData("reference")]
    public void A_channel_that_is_never_above_zero_is_dead(string runtime)
    {
        var net = new GraphBuilder();
        Value x = net.Input(1, 1, 2).Conv2d("conv", 3, 1);
        Graph graph = net.Build(x.Relu("relu"), x.LeakyRelu("leaky"), x.Sigmoid("sigmoid"), x.Gelu("gelu"));
        Model model = Gray(graph, ("conv.weight", [1, -1, 0]));

        NetworkActivations found = Measure(model, Pictures([0, 4], [2, 6]), new ActivationOptions { Runtime = Runtimes.Find(runtime) });

        NodeActivations relu = Node(found, "relu");
        Assert.Equal([1, 2], relu.DeadChannels!.Value);
        Assert.Equal([1, 2], Node(found, "gelu").DeadChannels!.Value);
        Assert.All(["input", "conv", "leaky", "sigmoid"], name => Assert.Null(Node(found, name).DeadChannels));
        Assert.Equal((12, 9, 0f, 6f, 1.0), (relu.Count, relu.Zeros, relu.Least, relu.Greatest, relu.Mean)); // 0 4 2 6 and eight zeros
        Assert.Equal(Math.Sqrt((56.0 / 12) - 1), relu.Deviation, 1e-9);
        Assert.Equal((-6f, 6f), (Node(found, "conv").Least, Node(found, "conv").Greatest));
        Assert.Equal((3, 0f, 6f), (Node(found, "input").Mean, Node(found, "input").Least, Node(found, "input").Greatest));
    }

    [Theory]
    [InlineData(1.0, StochasticDepthScaling.Paper, null)]
    [InlineData(0.5, StochasticDepthScaling.Paper, 0.5)]
    [InlineData(1.0, StochasticDepthScaling.Inverted, 0.5)]
    public void A_block_whose_branch_is_half_of_its_input_adds_half(double factor, StochasticDepthScaling scaling, double? survival)
    {
        var net = new GraphBuilder();
        Value x = net.Input(1, 1, 2), branch = x.Conv2d("block.conv", 1, 1);
        Graph graph = net.Build(survival is double p ? x.StochasticDepth("block.add", branch, new StochasticDepth(p) { Scaling = scaling }) : branch.Add("block.add", x));
        Model model = Gray(graph, ("block.conv.weight", [0.5f]));

        BlockActivations block = Measure(model, Pictures([3, 4], [0, 0], [6, 8])).Blocks.Single();

        Assert.Equal(("block", ShortcutKind.Identity, 2), (block.Name, block.Shortcut, block.Images)); // the second image is zero
        Assert.Equal((0.5 * factor, 0.5 * factor, 0.5 * factor), (block.Ratio, block.Least, block.Greatest));
        Assert.Equal((5.0, 2.5 * factor), (block.ShortcutNorm, block.BranchNorm));
    }

    [Fact]
    public void Without_a_shortcut_there_is_no_block()
    {
        var net = new GraphBuilder();
        Value x = net.Input(1, 1, 2);
        Graph graph = net.Build(x.Conv2d("a", 1, 1).Relu("relu_a").Add("sum", x.Conv2d("b", 1, 1).Relu("relu_b")));

        NetworkActivations found = Measure(Gray(graph, ("a.weight", [1]), ("b.weight", [1])), Pictures([1, 2]));

        Assert.Empty(found.Blocks);
        Assert.Contains("'sum' joins two branches", found.Notes.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Small_groups_and_batches_give_the_same()
    {
        Model model = Zoo.Create("cifar_resnet8").Initialize(1);
        var data = DataSource.OpenForEvaluation(TinyData.WriteCifar(_folder, 5));
        NetworkActivations Run(long budget, int batch) =>
            new ActivationMeasurement(model, data, new ActivationOptions { Batch = batch, Runtime = Runtimes.Cpu }).Run(budget, null, TestContext.Current.CancellationToken);

        NetworkActivations whole = Run(NodeGroups.UsualBudget, 8), parts = Run(20_000, 1);

        Assert.Single(NodeGroups.Of(model.Graph, NodeGroups.UsualBudget));
        Assert.InRange(NodeGroups.Of(model.Graph, 20_000).Count, 10, 40);
        Assert.Equal(whole.Images, parts.Images);
        Assert.All(whole.Nodes.Zip(parts.Nodes), pair =>
        {
            Assert.Equal((pair.First.Name, pair.First.Count), (pair.Second.Name, pair.Second.Count));
            Assert.Equal(pair.First.Mean, pair.Second.Mean, 1e-5);
            Assert.Equal(pair.First.Deviation, pair.Second.Deviation, 1e-5);
        });
        Assert.All(whole.Blocks.Zip(parts.Blocks), pair => Assert.Equal(pair.First.Ratio, pair.Second.Ratio, 1e-5));
        NetworkActivations alone = Run(NodeGroups.UsualBudget, 1);
        Assert.All(whole.Nodes.Zip(alone.Nodes), pair => Assert.Equal(
            pair.First with { Histogram = null!, DeadChannels = null }, pair.Second with { Histogram = null!, DeadChannels = null })); // bit for bit
        Assert.All(whole.Nodes.Zip(alone.Nodes), pair => Assert.Equal(pair.First.Histogram.Counts, pair.Second.Histogram.Counts));
    }

    [Fact]
    public void A_large_network_is_run_in_parts_that_fit()
    {
        Model model = Zoo.Create("resnet50").Initialize(1);
        const long Budget = 1 << 22;
        IReadOnlyList<IReadOnlyList<Node>> groups = NodeGroups.Of(model.Graph, Budget);

        Assert.Equal(model.Graph.Nodes.Where(node => node.Op is not Input), groups.SelectMany(group => group));
        Assert.All(groups, group => Assert.InRange(group.Sum(node => model.Graph.ShapeOf(node.Name).Count), 1, Budget));
        Assert.InRange(NodeGroups.BatchOf(model.Graph, groups, Budget, 8), 1, 1);
        Assert.True(NodeGroups.Of(model.Graph, NodeGroups.UsualBudget).Count > 1);
        Assert.Equal(1, NodeGroups.BatchOf(model.Graph, NodeGroups.Of(model.Graph, 10), 10, 8)); // nodes that do not fit are alone

        var runtime = new CountingRuntime();
        NetworkActivations found = Measure(model, ImageList.Of([TinyData.Picture(1), TinyData.Picture(2)]), new ActivationOptions { Runtime = runtime });
        Assert.InRange(runtime.Runs, 2 * 2, 2 * 8);
        Assert.InRange(runtime.Most, NodeGroups.UsualBudget / 2, NodeGroups.UsualBudget);
        Assert.Equal(16, found.Blocks.Length);
        Assert.Equal([0, 3, 7, 13], found.Blocks.Index().Where(block => block.Item.Shortcut == ShortcutKind.Projection).Select(block => block.Index));
        Assert.Equal(model.Graph.Nodes.Select(node => node.Name), found.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void A_network_in_8_bits_has_the_same_blocks_and_nearly_the_same_ratios()
    {
        Model model = Zoo.Create("cifar_resnet8").Initialize(1);
        string data = TinyData.WriteCifar(_folder, 20);
        foreach (bool sums in new[] { false, true })
        {
            Model quantized = model.Quantize(data, new QuantizeOptions { Images = 20, Scheme = new() { RoundSums = sums } }, cancellation: TestContext.Current.CancellationToken).Model;

            NetworkActivations floating = Measure(model, data), rounded = Measure(quantized, data);

            Assert.Equal(floating.Blocks.Select(block => (block.Name, block.Shortcut)), rounded.Blocks.Select(block => (block.Name, block.Shortcut)));
            Assert.All(floating.Blocks.Zip(rounded.Blocks), pair => Assert.InRange(pair.Second.Ratio / pair.First.Ratio, 0.9, 1.1));
            NodeActivations point = rounded.Nodes.First(node => node.Kind == "quantize");
            Assert.True(point.Histogram.Counts.Count(count => count > 0) <= 256);
        }
    }

    [Fact]
    public void The_first_node_that_is_not_finite_is_named()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(1, 1, 2).Conv2d("first", 1, 1).Conv2d("second", 2, 1).Relu("relu"));
        Model model = Gray(graph, ("first.weight", [1]), ("second.weight", [1, float.PositiveInfinity]));

        string message = Assert.Throws<EspalierException>(() => Measure(model, Pictures([1, 2]))).Message;

        Assert.Equal("'second' (conv2d) has the value Infinity in channel 1 for image 0; expected finite values", message);
    }

    [Fact]
    public void Images_that_cannot_be_read_are_listed_and_the_number_is_limited()
    {
        Model model = TinyData.Model();
        PngEncoder.Save(TinyData.Picture(1), _folder["a.png"]);
        _folder.Write("b.png", 1, 2, 3);
        PngEncoder.Save(TinyData.Picture(2), _folder["c.png"]);

        NetworkActivations all = Measure(model, _folder.Path);
        Assert.Equal((2, 1), (all.Images, all.Unreadable.Count));
        Assert.Contains("b.png", all.Unreadable[0].Name, StringComparison.Ordinal);
        Assert.Equal(1, Measure(model, _folder.Path, new ActivationOptions { Images = 1 }).Images);
        File.Delete(_folder["a.png"]);
        File.Delete(_folder["c.png"]);
        Assert.Contains("b.png", Assert.Throws<EspalierException>(() => Measure(model, _folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_rises_and_cancellation_ends_it()
    {
        string data = TinyData.WriteCifar(_folder, 6);
        var fractions = new List<double>();
        TinyData.Model().MeasureActivations(data, new ActivationOptions { Batch = 2 }, new Direct(fractions.Add), TestContext.Current.CancellationToken);
        Assert.Equal(fractions.Order(), fractions);
        Assert.Equal((3, 1.0), (fractions.Count, fractions[^1]));
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => TinyData.Model().MeasureActivations(data, new ActivationOptions { Batch = 2 }, new Direct(_ => cancellation.Cancel()), cancellation.Token));
    }

    [Fact]
    public void Arguments_out_of_range_are_named()
    {
        Model model = TinyData.Model();
        Assert.Contains("ActivationOptions.Images is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Measure(model, "x", new ActivationOptions { Images = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("ActivationOptions.Batch is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Measure(model, "x", new ActivationOptions { Batch = 0 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Measure(model, ""));
        Assert.Contains("no such file or folder", Assert.Throws<EspalierException>(() => Measure(model, "nowhere")).Message, StringComparison.Ordinal);
    }

    private static NetworkActivations Measure(Model model, string data, ActivationOptions? options = null) => model.MeasureActivations(data, options, cancellation: TestContext.Current.CancellationToken);

    private static NetworkActivations Measure(Model model, IDataset data, ActivationOptions? options = null) => model.MeasureActivations(data, options, cancellation: TestContext.Current.CancellationToken);

    private static NodeActivations Node(NetworkActivations found, string name) => found.Nodes.Single(node => node.Name == name);

    /// <summary>A network that reads gray bytes as they are.</summary>
    private static Model Gray(Graph graph, params (string Name, float[] Values)[] parameters) => new(
        graph,
        Parameters.From(parameters.Select(each => KeyValuePair.Create(each.Name, new Parameter(Tensor.From(graph.Parameters.Single(parameter => parameter.Key == each.Name).Value.Shape, each.Values))))),
        ModelMetadata.None with { Preprocessing = new Preprocessing { Normalization = new Normalization([0], [1]) { Range = PixelRange.Byte } } });

    /// <summary>Images of one row of gray pixels.</summary>
    private static ImageList Pictures(params byte[][] rows) => ImageList.Of([.. rows.Select(row => new Image(row.Length, 1, [.. row.SelectMany(gray => new[] { gray, gray, gray })]))]);

    /// <summary>The CPU runtime, with the largest number of elements that a run returned.</summary>
    private sealed class CountingRuntime : IRuntime
    {
        internal long Most { get; private set; }

        internal int Runs { get; private set; }

        public string Name => "counting";

        public IRunnable Prepare(Model model, RunOptions options = default) => new Counted(this, Runtimes.Cpu.Prepare(model, options));

        public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options) => throw new NotSupportedException();

        private sealed class Counted(CountingRuntime owner, IRunnable run) : IRunnable
        {
            public Graph Graph => run.Graph;

            public IReadOnlyList<Tensor> RunAll(Tensor input)
            {
                IReadOnlyList<Tensor> outputs = run.RunAll(input);
                owner.Runs++;
                owner.Most = Math.Max(owner.Most, outputs.Sum(output => output.Shape.Count));
                return outputs;
            }

            public void Dispose() => run.Dispose();
        }
    }

    private sealed class Direct(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
