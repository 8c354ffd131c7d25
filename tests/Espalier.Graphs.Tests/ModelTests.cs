using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Graphs.Tests;

public sealed class ModelTests
{
    private static readonly Graph Graph = SmallResNet.Create();
    private static readonly Parameters Fitting = RandomGraphs.ParametersFor(Graph);

    [Fact]
    public void A_model_finds_a_nodes_numbers_by_role()
    {
        var model = new Model(Graph, Fitting, ModelMetadata.None);
        Assert.Same(Fitting["layer1.0.bn1.running_var"].Value, model.Value(Graph["layer1.0.bn1"], "running_var"));
        var error = Assert.Throws<GraphException>(() => model.Value(Graph["conv1"], "bias"));
        Assert.Equal("conv1: conv2d has no parameter 'bias'", error.Message);
    }

    [Fact]
    public void Parameters_that_do_not_fit_are_listed_all_together()
    {
        Parameters wrong = Fitting.Where(name => !name.StartsWith("bn1.", StringComparison.Ordinal))
            .With("fc.weight", new Parameter(Tensor.Zeros([10, 17])))
            .With("layer1.0.conv1.weight", new Parameter(Tensor.Zeros([8, 8, 3, 3])) { Mask = Tensor.Zeros([8]) })
            .With("module.fc.weight", new Parameter(Tensor.Zeros([1])));
        var error = Assert.Throws<ParameterMismatchException>(() => new Model(Graph, wrong, ModelMetadata.None));
        Assert.Equal(["bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked"], error.Missing);
        Assert.Equal(["module.fc.weight"], error.Unexpected);
        Assert.Equal(["layer1.0.conv1.weight: found a mask of 8, expected 8x8x3x3", "fc.weight: found 10x17, expected 10x16"], error.ShapeMismatches);
        Assert.Equal(
            "The parameters do not fit the network: 5 missing (bn1.weight, bn1.bias, bn1.running_mean, and 2 more); 1 unexpected (module.fc.weight); "
            + "2 of another shape (layer1.0.conv1.weight: found a mask of 8, expected 8x8x3x3, fc.weight: found 10x17, expected 10x16).",
            error.Message);
    }

    [Fact]
    public void Changed_copies_share_what_did_not_change()
    {
        var model = new Model(Graph, Fitting, ModelMetadata.None);
        var bias = new Parameter(Tensor.Zeros([10]));
        Model changed = model.With(Fitting.With("fc.bias", bias));
        Assert.Same(bias, changed.Parameters["fc.bias"]);
        Assert.Same(Fitting["fc.weight"], changed.Parameters["fc.weight"]);
        Assert.NotSame(bias, model.Parameters["fc.bias"]);
        Assert.Same(Graph, changed.Graph);
    }

    [Fact]
    public void A_model_takes_another_input_shape_with_the_same_numbers()
    {
        Model larger = new Model(Graph, Fitting, ModelMetadata.None).WithInput([3, 40, 40]);
        Assert.Equal(Shape.Of(3, 40, 40), larger.Graph.ShapeOf("input"));
        Assert.Same(Fitting, larger.Parameters);
    }

    [Fact]
    public void A_blueprint_becomes_a_model_with_its_metadata()
    {
        var definition = new NetworkDefinition(Graph, ModelMetadata.None with { Architecture = "small" });
        Assert.Equal("small", definition.With(Fitting).Metadata.Architecture);
        Assert.Throws<ParameterMismatchException>(() => definition.With(Parameters.Empty));
        Assert.Equal(6, definition.Summarize().Depth);
    }

    [Fact]
    public void Lineage_grows_at_its_end()
    {
        var pruned = new LineageEntry("prune", [new("amount", "0.2")], [new("top1", 0.93)]);
        ModelMetadata metadata = ModelMetadata.None.After(pruned).After(pruned with { Action = "fold" });
        Assert.Equal(["prune", "fold"], metadata.Lineage.Select(entry => entry.Action));
        Assert.Equal(metadata, ModelMetadata.None.After(pruned).After(pruned with { Action = "fold" }));
        Assert.Empty(ModelMetadata.None.Lineage);
    }

    [Fact]
    public void Parameters_are_enumerated_in_the_order_of_their_names()
    {
        string[] names = [.. Fitting.Keys];
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(names, Fitting.Select(parameter => parameter.Key));
        Assert.Equal(names.Length, Fitting.Count);
        Assert.Equal(Fitting.Values, names.Select(name => Fitting[name]));
    }

    [Fact]
    public void Parameters_tell_what_is_there_and_what_is_not()
    {
        Assert.True(Fitting.ContainsKey("fc.bias"));
        Assert.False(Fitting.TryGetValue("fc.Bias", out _));
        Assert.Equal("fc.Bias: no such parameter in the model", Assert.Throws<GraphException>(() => Fitting["fc.Bias"]).Message);
        Assert.Equal(["fc.bias", "fc.weight"], Fitting.Where(name => name.StartsWith("fc.", StringComparison.Ordinal)).Keys);
    }

    [Fact]
    public void One_name_for_two_parameters_is_refused()
    {
        var (one, two) = (new Parameter(Tensor.Zeros([1])), new Parameter(Tensor.Zeros([2])));
        Assert.Throws<ArgumentException>(() => Parameters.From([KeyValuePair.Create("a", one), KeyValuePair.Create("a", two)]));
    }
}
