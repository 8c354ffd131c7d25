using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Execution;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Masks against those of <c>torch.nn.utils.prune</c>: see tests/oracle/make_pruning.py.</summary>
public class PyTorchPruningTests
{
    private static readonly JsonElement[] Cases = [.. File.ReadLines(OracleFiles.Path("pruning/masks.jsonl")).Select(Parse)];
    private static readonly JsonElement Others = Parse(File.ReadAllText(OracleFiles.Path("pruning/others.json")));

    public static TheoryData<string> Names => [.. Cases.Select(one => one.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_method_removes_what_PyTorch_removes(string name)
    {
        JsonElement one = Cases.Single(one => one.GetProperty("name").GetString() == name);
        Model model = Layers((name, Shape.Of([.. one.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())]), 1));
        foreach (JsonElement step in one.GetProperty("steps").EnumerateArray())
        {
            model = Apply(model, step);
        }

        string mask = Mask(model, "layer0.weight");
        if (one.TryGetProperty("mask", out JsonElement expected))
        {
            Assert.Equal(expected.GetString(), mask);
        }
        else
        {
            Assert.Equal(one.GetProperty("removed").GetInt32(), mask.Count(kept => kept == '0'));
        }
    }

    [Fact]
    public void Global_pruning_ranks_what_is_left_of_all_layers()
    {
        Model model = Layers(("global/a", [6, 8, 3, 3], 1), ("global/b", [4, 6, 1, 1], 0.5f), ("global/c", [5, 7], 1));
        model = model.Prune(Magnitude(PruningTarget.Fraction(0.1)) with { Scopes = ["layer0"] }).Model;
        WeightPruning all = new() { Scopes = ["layer0", "layer1", "layer2"], IsGlobal = true };
        model = model.Prune(all with { Target = PruningTarget.Fraction(0.4) }).Model;
        model = model.Prune(all with { Target = PruningTarget.Count(30) }).Model;
        Assert.Equal(
            Others.GetProperty("global").GetProperty("masks").EnumerateArray().Select(mask => mask.GetString()),
            ((string[])["layer0.weight", "layer1.weight", "layer2.weight"]).Select(name => Mask(model, name)));
    }

    [Fact]
    public void A_pruned_checkpoint_computes_as_in_PyTorch_and_goes_back_as_it_came()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input(2, 4, 4).Conv2d("conv", 3, 3, bias: true).Flatten("flatten").Linear("fc", 2));
        StateDict weights = CheckpointReader.Read(OracleFiles.Path("pruning/masked.pth")).StateDict;

        Model model = new NetworkDefinition(graph, ModelMetadata.None).Load(weights);

        JsonElement expected = Others.GetProperty("checkpoint");
        float[] output = ReferenceExecutor.RunAll(graph, model.Parameters, new Dictionary<string, float[]> { ["input"] = Numbers(expected.GetProperty("input")) }, 1)["fc"];
        Assert.Equal(Numbers(expected.GetProperty("output")), output, (a, b) => Math.Abs(a - b) <= 1e-5);
        StateDict back = model.ToMaskedStateDict();
        Assert.Equal(weights.Names.Order(), back.Names.Order());
        Assert.All(weights.Names, name => Assert.True(weights[name].BitEquals(back[name]), name));
        Assert.Equal(CounterFill.Stream("fc.weight", [2, 12], -1, 2).Read<float>(), model.UndoPruning().Parameters["fc.weight"].Value.Read<float>());
        Assert.Equal(27, model.ToStateDict()["conv.weight"].Read<float>().ToArray().Count(weight => weight == 0));
    }

    [Fact]
    public void A_fifth_of_ResNet_50s_first_layer_goes_by_lot()
    {
        Model model = Zoo.Create("resnet50").Initialize(1);
        PruningResult report = model.Prune(new WeightPruning { Criterion = PruningCriteria.Random, Target = PruningTarget.Fraction(0.2), Scopes = ["conv1"] });
        Assert.Equal(Others.GetProperty("resnet50").GetProperty("removed").GetInt64(), report.RemovedWeights);
        Assert.Equal(report.Weights - report.RemovedWeights, report.Model.Parameters["conv1.weight"].NonZeros);
    }

    private static Model Apply(Model model, JsonElement step)
    {
        string method = step.GetProperty("method").GetString()!;
        if (method == "identity")
        {
            return model.AddIdentityMask("layer0.weight");
        }

        string text = step.GetProperty("amount").GetRawText();
        double value = step.GetProperty("amount").GetDouble();
        if (method == "custom_from_mask")
        {
            Shape shape = model.Parameters["layer0.weight"].Value.Shape;
            float[] mask = [.. CounterFill.Stream(step.GetProperty("stream").GetString()!, shape, 0, 1).Read<float>().ToArray().Select(number => number >= (float)value ? 1f : 0f)];
            return model.PruneByMask("layer0.weight", Tensor.From<float>(shape, mask));
        }

        PruningTarget amount = text.Contains('.', StringComparison.Ordinal) ? PruningTarget.Fraction(value) : PruningTarget.Count((long)value);
        var options = new WeightPruning { Criterion = method.StartsWith("random", StringComparison.Ordinal) ? PruningCriteria.Random : PruningCriteria.Magnitude, Target = amount, Scopes = ["layer0"] };
        if (step.TryGetProperty("dim", out JsonElement dimension))
        {
            options = options with { Pattern = WeightPattern.Vector(dimension.GetInt32()) };
        }

        if (step.TryGetProperty("n", out JsonElement norm))
        {
            options = options with { Norm = norm.ValueKind == JsonValueKind.String ? double.PositiveInfinity : norm.GetDouble() };
        }

        return model.Prune(options).Model;
    }

    private static WeightPruning Magnitude(PruningTarget amount) => new() { Target = amount };

    /// <summary>A network of separate layers, each with the numbers of a stream.</summary>
    private static Model Layers(params (string Stream, Shape Shape, float Gain)[] layers)
    {
        var nodes = new List<Node> { new("input", new Input([8, 5, 5]), []) };
        var outputs = new List<string>();
        Parameters parameters = Parameters.Empty;
        foreach ((int i, (string stream, Shape shape, float gain)) in layers.Index())
        {
            string name = $"layer{i}";
            string source = $"source{i}";
            nodes.Add(new Node(source, new ChannelSlice(0, shape.Rank == 2 ? 1 : shape[1]), ["input"]));
            if (shape.Rank == 2)
            {
                nodes.Add(new Node($"pool{i}", new AdaptiveAveragePool(new Size(1, shape[1])), [source]));
                nodes.Add(new Node($"flat{i}", new Flatten(), [$"pool{i}"]));
            }

            nodes.Add(shape.Rank == 2 ? new Node(name, new Linear(shape[1], shape[0], false), [$"flat{i}"]) : new Node(name, new Conv2d(shape[1], shape[0], shape[2]), [source]));
            outputs.Add(name);
            float[] numbers = [.. CounterFill.Stream(stream, shape, -1, 2).Read<float>().ToArray().Select(number => number * gain)];
            parameters = parameters.With($"{name}.weight", new Parameter(Tensor.From<float>(shape, numbers)));
        }

        return new Model(new Graph(nodes, [.. outputs]), parameters, ModelMetadata.None);
    }

    private static string Mask(Model model, string name) => string.Concat(model.Parameters[name].Mask!.Read<float>().ToArray().Select(kept => kept == 0 ? '0' : '1'));

    private static float[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetSingle())];

    private static JsonElement Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
