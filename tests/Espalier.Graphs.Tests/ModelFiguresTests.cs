using Espalier.Tensors;

namespace Espalier.Graphs.Tests;

public sealed class ModelFiguresTests
{
    // 2x4x4, conv 3x3/2 to 3 channels (54 weights on 2x2 places), norm (6 parameters), linear 12 to 2 with a bias.
    private static readonly Model Network = Build();

    [Fact]
    public void Zeros_count_among_parameters_and_macs_but_not_among_what_is_left()
    {
        Assert.Equal(new ModelFigures(54 + 6 + 24 + 2, 54 + 6 + 24 + 2, (54 * 4) + 24, (54 * 4) + 24), ModelFigures.Of(Network));

        Parameter weight = Network.Parameters["conv.weight"];
        float[] mask = [.. Enumerable.Range(0, 54).Select(i => i < 10 ? 0f : 1f)];
        Model masked = Network.With(Network.Parameters.With("conv.weight", weight with { Mask = Tensor.From<float>(weight.Value.Shape, mask) }));

        Assert.Equal(new ModelFigures(86, 76, 240, 200), ModelFigures.Of(masked));
        var summary = new NetworkSummary(masked);
        Assert.Equal((76, 200), (summary.NonZeros, summary.EffectiveMultiplyAccumulates));
        Assert.Equal((44, 176), (summary.Nodes[1].NonZeros, summary.Nodes[1].EffectiveMultiplyAccumulates));
        Assert.Equal((44, 176), (summary.Stages[0].NonZeros, summary.Stages[0].EffectiveMultiplyAccumulates));
        Assert.Null(new NetworkSummary(masked.Graph).NonZeros);
    }

    [Fact]
    public void Tied_weights_are_parameters_once_and_work_twice()
    {
        Value x = new GraphBuilder().Input(1, 3, 3).Conv2d("a", 1, 1, bias: false).Relu("relu").Conv2d("b", 1, 1, bias: false);
        Graph built = x.Builder.Build(x);
        var graph = new Graph([.. built.Nodes.Select(node => node.Name == "b" ? node with { Parameters = ["a.weight"] } : node)], built.Outputs);

        var model = new Model(graph, Parameters.Empty.With("a.weight", new Parameter(Tensor.From<float>([1, 1, 1, 1], [2]))), ModelMetadata.None);

        Assert.Equal(new ModelFigures(1, 1, 18, 18), ModelFigures.Of(model));
    }

    [Fact]
    public void Figures_are_written_at_the_last_step_and_read_back()
    {
        ModelFigures figures = ModelFigures.Of(Network) with { Bytes = 1234, Accuracy = 0.9356, Milliseconds = 0.75 };

        Model noted = Network.Record(new LineageEntry("load", [], [])).Record(new LineageEntry("fold", [], [new("merges", 3)])).WithFigures(figures);

        Assert.Equal(figures, noted.LastFigures());
        Assert.Equal(ModelFigures.Of(Network), ModelFigures.Of(noted.Metadata.Lineage[0]));
        Assert.Equal(["merges", "parameters", "non_zeros", "macs", "effective_macs", "bytes", "accuracy", "ms"], noted.Metadata.Lineage[1].Results.Select(result => result.Name));
    }

    [Fact]
    public void What_is_not_known_leaves_what_is_noted()
    {
        Model noted = Network.Record(new LineageEntry("fold", [], [])).WithFigures(ModelFigures.Of(Network) with { Accuracy = 0.5 });

        Model again = noted.WithFigures(ModelFigures.Of(Network) with { Milliseconds = 2, Accuracy = double.NaN });

        Assert.Equal((0.5, 2), (again.LastFigures()!.Value.Accuracy, again.LastFigures()!.Value.Milliseconds));
    }

    [Fact]
    public void A_line_without_figures_has_none_and_a_model_without_lines_takes_none()
    {
        Assert.Null(ModelFigures.Of(new LineageEntry("fold", [], [new("parameters", 3)])));
        Assert.Null(ModelFigures.Of(new LineageEntry("fold", [], [new("parameters", double.NaN), new("non_zeros", 1), new("macs", 1), new("effective_macs", -1)])));
        Assert.Null(Network.LastFigures());
        Assert.Throws<ArgumentException>(() => Network.WithFigures(default));
    }

    private static Model Build()
    {
        Value x = new GraphBuilder().Input(2, 4, 4).Conv2d("conv", 3, 3, 2, 1, bias: false).BatchNorm("bn").Flatten("flat").Linear("fc", 2);
        Graph graph = x.Builder.Build(x);
        return new Model(graph, Parameters.From(graph.Parameters.Select(spec => KeyValuePair.Create(spec.Key, new Parameter(Ones(spec.Value))))), ModelMetadata.None);
    }

    private static Tensor Ones(ParameterSpec spec)
    {
        Tensor tensor = spec.IsCounter ? Tensor.Zeros(spec.Shape, ElementType.Int64) : Tensor.Zeros(spec.Shape);
        if (!spec.IsCounter)
        {
            tensor.Write<float>().Fill(1);
        }

        return tensor;
    }
}
