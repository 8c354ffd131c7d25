using Espalier.Graphs;

namespace Espalier.Formats.Tests;

/// <summary>What the names of a checkpoint mean to a network.</summary>
public class CheckpointNamesTests
{
    private static readonly NetworkDefinition Network = Tiny();

    [Theory(DisplayName = "Faults: names that are not the network's")]
    [InlineData("total_ops", "a profiler's counts")]
    [InlineData("conv.total_params", "a profiler's counts")]
    [InlineData("n_averaged", "averaged model")]
    [InlineData("criterion.weight", "loss function")]
    [InlineData("queue", "momentum contrast")]
    [InlineData("encoder_k.conv.weight", "key encoder")]
    public void What_training_tools_add_is_left_out_with_a_note(string name, string origin)
    {
        var notes = new List<string>();

        Model model = Network.Load(With((name, [5])), new LoadingOptions { Note = notes.Add });

        Assert.Equal(Network.Graph.Parameters.Select(p => p.Key).Order(), model.Parameters.Select(p => p.Key).Order());
        string note = Assert.Single(notes);
        Assert.Contains(origin, note, StringComparison.Ordinal);
        Assert.Contains(name, note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_keeps_parameters_of_such_names()
    {
        NetworkDefinition network = new(new Graph([new Node("input", new Input([4]), []), new Node("criterion", new Linear(4, 2), ["input"])], ["criterion"]), ModelMetadata.None);

        Model model = network.Load(new StateDict(network.Graph.Parameters.Select(p => KeyValuePair.Create(p.Key, Tensor.Zeros(p.Value.Shape)))));

        Assert.Contains("criterion.weight", model.Parameters.Select(p => p.Key));
    }

    [Theory]
    [InlineData("_orig_mod.")]
    [InlineData("_forward_module.")]
    [InlineData("module._orig_mod.")]
    public void Wrappers_prefixes_are_removed_though_tools_names_lack_them(string prefix)
    {
        string[] names = [prefix + "conv.weight", prefix + "fc.bias", "n_averaged"];

        string common = CheckpointNames.CommonPrefix(names);

        Assert.Equal(prefix, common);
        Assert.Equal(["conv.weight", "fc.bias", "n_averaged"], names.Select(name => CheckpointNames.WithoutPrefix(name, common)));
    }

    [Fact]
    public void Names_are_left_out_by_expressions()
    {
        var notes = new List<string>();

        Network.Load(With(("extra.a", [1]), ("extra.b", [1])), new LoadingOptions { Drop = ["^extra\\."], Note = notes.Add });

        Assert.Equal("left out as requested: extra.a, extra.b", Assert.Single(notes));
        Assert.Throws<StateDictMismatchException>(() => Network.Load(With(("extra.a", [1]), ("other", [1])), new LoadingOptions { Drop = ["^extra\\."] }));
        Assert.Contains("'('", Assert.Throws<EspalierException>(() => Network.Load(With(), new LoadingOptions { Drop = ["("] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_names_get_initial_values_where_that_is_allowed()
    {
        var notes = new List<string>();
        Parameters initial = Parameters.From(Network.Graph.Parameters.Select(p => KeyValuePair.Create(p.Key, new Parameter(Filled(p.Value.Shape, 7)))));
        StateDict partly = new(With().Where(t => !t.Key.StartsWith("fc.", StringComparison.Ordinal)));

        Model model = Network.Load(partly, new LoadingOptions { AllowMissing = ["^fc\\."], Initial = initial, Note = notes.Add });

        Assert.Equal(7, model.Parameters["fc.weight"].Value.Read<float>()[0]);
        Assert.Equal(0, model.Parameters["conv.weight"].Value.Read<float>()[0]);
        Assert.Equal("not in the checkpoint, and initialized instead: fc.weight, fc.bias", Assert.Single(notes));
        Assert.Equal(["fc.bias"], Assert.Throws<StateDictMismatchException>(() => Network.Load(partly, new LoadingOptions { AllowMissing = ["weight$"], Initial = initial })).Missing);
    }

    private static Tensor Filled(Shape shape, float value) => Tensor.From(shape, [.. Enumerable.Repeat(value, (int)shape.Count)]);

    private static StateDict With(params (string Name, Shape Shape)[] more) => new([
        .. Network.Graph.Parameters.Select(p => KeyValuePair.Create(p.Key, Tensor.Zeros(p.Value.Shape))),
        .. more.Select(m => KeyValuePair.Create(m.Name, Tensor.Zeros(m.Shape)))]);

    private static NetworkDefinition Tiny() => new(
        new Graph(
            [
                new Node("input", new Input([3, 4, 4]), []),
                new Node("conv", new Conv2d(3, 2, 3), ["input"]),
                new Node("flatten", new Flatten(), ["conv"]),
                new Node("fc", new Linear(8, 2) { Bias = true }, ["flatten"]),
            ],
            ["fc"]),
        ModelMetadata.None);
}
