using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Tests.Explaining;

/// <summary>What explanations run computes what the model does.</summary>
public sealed class NetworkFormTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_form_that_is_differentiated_computes_every_node_as_inference_does()
    {
        using var workers = new WorkerPool(1);
        for (ulong seed = 1; seed <= 25; seed++)
        {
            Model model = RandomGraphs.CreateModel(seed, new RandomGraphOptions { AlwaysClassifies = true });
            Tensor input = CounterFill.Input(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(1));
            string score = ExplainedNetwork.ScoreOf(model.Graph);
            foreach (Node node in model.Graph.Nodes.Where((node, i) => node.Op is not Input && i % 4 == 1 && node.Name != score && ExplainedNetwork.Computing(model, [score]).Graph.TryFind(node.Name, out _)))
            {
                using var gradient = new ValueGradient(Runtimes.Cpu, model, score, node.Name, workers);
                float[] expected = Runtimes.Reference.Run(ExplainedNetwork.Computing(model, [node.Name]), input).Read<float>().ToArray(), actual = gradient.Compute(input, _ => 1).Value;
                float greatest = expected.Select(Math.Abs).Append(1e-3f).Max();
                Assert.All(expected.Zip(actual), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-4 * greatest, $"seed {seed}, {node.Name}: {pair.Second}, expected {pair.First}"));
            }
        }
    }

    [Fact]
    public void Gradients_are_those_of_inference()
    {
        using var workers = new WorkerPool(1);
        var net = new GraphBuilder();
        Value x = net.Input(3, 6, 6).Conv2d("conv", 4, 3, padding: 1).BatchNorm("bn").Tanh("act");
        Value branch = x.Conv2d("branch", 4, 3, padding: 1).BatchNorm("norm").Tanh("act2");
        Value sum = x.StochasticDepth("paper", branch, new StochasticDepth(0.3)).Dropout("drop", 0.5);
        sum = sum.StochasticDepth("bypass", sum.Conv2d("module", 4, 1), new StochasticDepth(0.6) { Form = StochasticDepthForm.Bypass });
        Graph graph = net.Build(sum.GlobalAveragePool("pool").Flatten("flatten").Dropout("drop2", 0.2).Linear("fc", 3));
        var model = new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
        using var gradient = new ValueGradient(Runtimes.Cpu, model, "fc", "input", workers);
        float[] input = CounterFill.Input([1, 3, 6, 6]).Read<float>().ToArray();

        float[] actual = gradient.Compute(Tensor.From([1, 3, 6, 6], input), i => i == 2 ? 1 : 0).Gradient;

        float Score(int element, float step)
        {
            float[] changed = [.. input];
            changed[element] += step;
            return Runtimes.Reference.Run(model, Tensor.From([1, 3, 6, 6], changed)).Read<float>()[2];
        }

        for (int i = 0; i < input.Length; i += 5)
        {
            Assert.Equal((Score(i, 0.01f) - Score(i, -0.01f)) / 0.02f, actual[i], 2e-3f * actual.Select(Math.Abs).Max());
        }
    }

    [Fact]
    public void A_network_in_8_bits_is_explained_by_scores_and_says_so()
    {
        Model small = Zoo.Create("cifar_resnet8").Initialize(1).Quantize(TinyData.WriteCifar(_folder, 40), new QuantizeOptions { Images = 20 }, cancellation: Cancellation).Model;
        using var explainer = new PhotoExplainer(small);
        ExplainedPhoto photo = explainer.Read(TinyData.Picture(3));

        ClassActivationMap auto = explainer.ClassActivation(photo, cancellation: Cancellation), gradients = explainer.ClassActivation(photo, new() { Method = ClassActivationMethod.GradCam }, cancellation: Cancellation);

        Assert.True(explainer.IsQuantized);
        Assert.Equal((ClassActivationMethod.ScoreCam, "score-cam"), (auto.Method, auto.Kind));
        Assert.Contains("roundings have no gradient", auto.Note, StringComparison.Ordinal);
        Assert.Contains("as in training", gradients.Note, StringComparison.Ordinal);
        Assert.Null(explainer.ClassActivation(photo, new() { Method = ClassActivationMethod.Cam }, cancellation: Cancellation).Note);
        Node rounded = small.Graph.Nodes.Last(node => node.Op is Quantize && small.Graph.ShapeOf(node.Name).Rank == 3);
        float scale = small.Parameters[rounded.Parameter("scale")].Value.Read<float>()[0];
        Assert.All(explainer.Maps(photo, rounded.Name).Values.ToArray(), value => Assert.Equal(Math.Round(value / scale), value / scale, 1e-3));
        using var naive = new PhotoExplainer(small, new ImageClassifierOptions { Runtime = Runtimes.Reference });
        Assert.Equal(naive.Maps(naive.Read(TinyData.Picture(3)), rounded.Name).Values.ToArray(), explainer.Maps(photo, rounded.Name).Values.ToArray());
    }

    [Fact]
    public void Explanations_are_the_same_on_the_reference_and_for_any_number_of_threads()
    {
        Model model = Zoo.Create("cifar_resnet8").Initialize(1);
        using PhotoExplainer one = new(model, new ImageClassifierOptions { Threads = 1, Batch = 3 }), three = new(model, new ImageClassifierOptions { Threads = 3 }), naive = new(model, new ImageClassifierOptions { Runtime = Runtimes.Reference });
        float[][] Explain(PhotoExplainer explainer)
        {
            ExplainedPhoto photo = explainer.Read(TinyData.Picture(3));
            return
            [
                explainer.ClassActivation(photo, new() { Class = 2 }, cancellation: Cancellation).Values.ToArray(),
                explainer.ClassActivation(photo, new() { Class = 2, Method = ClassActivationMethod.ScoreCam, Node = "layer1" }, cancellation: Cancellation).Values.ToArray(),
                explainer.Occlusion(photo, new() { Patch = 16, Class = 2 }, cancellation: Cancellation).Values.ToArray(),
                explainer.ReceptiveField(photo, "layer2").Values.ToArray(),
                explainer.Maps(photo, "layer1").Values.ToArray(),
            ];
        }

        float[][] expected = Explain(one);
        Assert.Equal(expected, Explain(three));
        Assert.All(expected.Zip(Explain(naive)), maps =>
        {
            float greatest = maps.First.Select(Math.Abs).Max();
            Assert.All(maps.First.Zip(maps.Second), pair => Assert.Equal(pair.First, pair.Second, 1e-3f * greatest));
        });
    }

    [Fact]
    public void Ends_that_cam_does_not_fit_are_refused_with_a_remedy()
    {
        string Refusal(Func<Value, Value> end)
        {
            var net = new GraphBuilder();
            Graph graph = net.Build(end(net.Input(3, 8, 8).Conv2d("conv", 4, 3).Relu("relu")));
            return Assert.Throws<EspalierException>(() => PooledHead.Of(new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None))).Message;
        }

        Assert.Contains("'fc' reads 'relu', relu of shape", Refusal(x => x.Flatten("flatten").Linear("fc", 3)), StringComparison.Ordinal);
        Assert.Contains("'fc2' reads 'act', ", Refusal(x => x.GlobalAveragePool("pool").Flatten("flatten").Linear("fc", 5).Relu("act").Linear("fc2", 3)), StringComparison.Ordinal);
        Assert.EndsWith("grad-cam and score-cam work for every network", Refusal(x => x.GlobalMaxPool("pool").Flatten("flatten").Linear("fc", 3)), StringComparison.Ordinal);
        Assert.Contains("computed by 'pool', adaptive_average_pool(1x1), instead", Refusal(x => x.GlobalAveragePool("pool").Flatten("flatten")), StringComparison.Ordinal);
        foreach (string name in (string[])["resnet18", "densenet121", "mobilenet_v2", "googlenet", "resnetv2_50"])
        {
            NetworkDefinition definition = Zoo.Create(name, new ZooOptions { Classes = 5 });
            PooledHead head = PooledHead.Of(new Model(definition.Graph, RandomGraphs.ParametersFor(definition.Graph), definition.Metadata));
            Assert.Equal(5, head.Weights.Shape[0]);
            Assert.Equal(definition.Graph.ShapeOf(head.Map)[0], head.Weights.Shape[1]);
        }
    }

    [Fact]
    public void Textbook_receptive_fields_are_found()
    {
        (string Network, string Node, int Field)[] textbook =
        [
            ("resnet50_v1", "layer4", 483), ("resnet101_v1", "layer4", 1027), ("resnet50", "layer4", 427), ("resnet50", "layer1", 35), ("resnet50", "maxpool", 11), ("resnet50", "conv1", 7), ("vgg16", "features.30", 212), ("mobilenet_v1", "layers.12", 315),
        ];
        foreach ((string network, string node, int field) in textbook)
        {
            Graph graph = Zoo.Create(network).Graph;
            string last = graph.TryFind(node, out Node? found) ? found.Name : graph.InScope(node).Last().Name;
            ReceptiveRegion region = ReceptiveRegion.Of(graph, last, 3, 3);
            Assert.Equal((network, node, field, field), (network, node, (int)region.Field.Height, (int)region.Field.Width));
            Assert.Equal(ReceptiveField.Of(graph)[last].Field, new Size((int)region.Field.Height, (int)region.Field.Width));
        }
    }
}
