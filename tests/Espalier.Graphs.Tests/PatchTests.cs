using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Graphs.Tests;

public sealed class PatchTests
{
    private static readonly Model Before = WithNumbers(SmallResNet.Create());

    [Fact]
    public void Putting_a_node_of_the_same_name_replaces_it_where_it_stands()
    {
        Model after = Before.Apply(new Patch("relu6").Put(Before.Graph["layer1.0.relu1"] with { Op = new Relu6() }));
        Assert.Equal(new Relu6(), after.Graph["layer1.0.relu1"].Op);
        Assert.Equal(Names(Before), Names(after));
    }

    [Fact]
    public void An_inserted_node_is_read_by_all_readers_but_not_by_itself_and_stands_behind_its_input()
    {
        Model after = Before.Apply(Insert("layer1.0.relu2", "noise"));
        Assert.Equal("layer1.0.relu2", after.Graph["noise"].Inputs[0]);
        Assert.Equal(["noise"], after.Graph["layer2.0.conv1"].Inputs);
        Assert.Equal(["noise"], after.Graph["layer2.0.downsample.0"].Inputs);
        string[] names = [.. Names(after)];
        Assert.Equal(Array.IndexOf(names, "layer1.0.relu2") + 1, Array.IndexOf(names, "noise"));
    }

    [Fact]
    public void Redirecting_past_a_node_removes_it_and_its_parameters()
    {
        Model after = Before.Apply(FoldNorm(Before, "bn1"));
        Assert.False(after.Graph.TryFind("bn1", out _));
        Assert.DoesNotContain(after.Parameters.Keys, name => name.StartsWith("bn1.", StringComparison.Ordinal));
        Assert.Equal(["conv1"], after.Graph["relu"].Inputs);
        Assert.Equal(Shape.Of(8), after.Parameters["conv1.bias"].Value.Shape);
        Assert.Same(Before.Parameters["fc.weight"], after.Parameters["fc.weight"]);
        Assert.Same(Before.Metadata, after.Metadata);
    }

    [Fact]
    public void Redirecting_an_output_changes_the_output()
    {
        Model after = Before.Apply(new Patch("probabilities").Put(new Node("softmax", new Softmax(), ["fc"])).Redirect("fc", "softmax"));
        Assert.Equal(["softmax"], after.Graph.Outputs);
        Assert.Equal(["fc"], Before.Graph.Outputs);
    }

    [Fact]
    public void A_replaced_output_is_still_read_by_its_readers()
    {
        var model = new Model(new Graph(Before.Graph.Nodes, ["layer1.0.relu2", "fc"]), Before.Parameters, Before.Metadata);
        Model after = model.Apply(new Patch("probe").Put(new Node("probe", new Relu(), ["layer1.0.relu2"])).ReplaceOutput("layer1.0.relu2", "probe"));
        Assert.Equal(["probe", "fc"], after.Graph.Outputs);
        Assert.Equal(["layer1.0.relu2"], after.Graph["layer2.0.conv1"].Inputs);
    }

    [Fact]
    public void A_whole_branch_goes_when_nothing_reads_it_any_more()
    {
        Model after = Before.Apply(new Patch("drop block").Redirect("layer1.0.relu2", "maxpool"));
        Assert.Empty(after.Graph.InScope("layer1"));
        Assert.DoesNotContain(after.Parameters.Keys, name => ScopeName.Contains("layer1", name));
    }

    [Fact]
    public void Patches_made_against_one_model_follow_each_others_redirects()
    {
        // The second was written when relu still read bn1 and conv1 was still followed by it.
        Patch second = new Patch("scale").Put(new Node("scaled", new GroupNorm(2, 8), ["bn1"])).Redirect("bn1", "scaled")
            .Set("scaled.weight", new Parameter(Tensor.Zeros([8]))).Set("scaled.bias", new Parameter(Tensor.Zeros([8])));
        Model after = Before.Apply([FoldNorm(Before, "bn1"), second]);
        Assert.Equal(["conv1"], after.Graph["scaled"].Inputs);
        Assert.Equal(["scaled"], after.Graph["relu"].Inputs);
        Assert.False(after.Graph.TryFind("bn1", out _));
    }

    [Fact]
    public void Chains_of_redirects_end_at_the_last()
    {
        Model after = Before.Apply([
            new Patch("1").Redirect("layer2.0.relu2", "layer2.0.add"),
            new Patch("2").Redirect("layer2.0.add", "layer2.0.bn2"),
            new Patch("3").Put(Before.Graph["avgpool"] with { Op = new AdaptiveAveragePool(2) }),
            new Patch("4").Put(new Node("half", new Linear(64, 16), ["flatten"])).Redirect("flatten", "half")
                .Set("half.weight", new Parameter(Tensor.Zeros([16, 64]))).Set("half.bias", new Parameter(Tensor.Zeros([16]))),
        ]);
        Assert.Equal(["layer2.0.bn2"], after.Graph["avgpool"].Inputs);
        Assert.Equal(["half"], after.Graph["fc"].Inputs);
        Assert.False(after.Graph.TryFind("layer2.0.downsample.0", out _));
    }

    [Fact]
    public void Two_insertions_behind_one_node_stand_one_behind_the_other()
    {
        Model after = Before.Apply([Insert("relu", "first"), Insert("relu", "second")]);
        Assert.Equal(["relu"], after.Graph["first"].Inputs);
        Assert.Equal(["first"], after.Graph["second"].Inputs);
        Assert.Equal(["second"], after.Graph["maxpool"].Inputs);
    }

    [Fact]
    public void Redirects_within_one_patch_apply_in_order()
    {
        Model after = Before.Apply(new Patch("both").Redirect("layer1.0.relu2", "layer1.0.add").Redirect("layer1.0.add", "maxpool"));
        Assert.Equal(["maxpool"], after.Graph["layer2.0.conv1"].Inputs);
        Assert.Empty(after.Graph.InScope("layer1"));
    }

    [Fact]
    public void Of_two_patches_that_put_one_node_the_later_wins()
    {
        Node relu = Before.Graph["relu"];
        Model after = Before.Apply([new Patch("1").Put(relu with { Op = new Relu6() }), new Patch("2").Put(relu with { Op = new Silu() })]);
        Assert.Equal(new Silu(), after.Graph["relu"].Op);
    }

    [Fact]
    public void No_patch_is_no_change() => Assert.Equal(Before.Graph, Before.Apply([]).Graph);

    public static TheoryData<string, Patch[]> Contradictions() => new()
    {
        { "nowhere: patch 'p' redirects it, but there is no such node", [new Patch("p").Redirect("nowhere", "relu")] },
        { "maxpool: reads 'nowhere', but there is no such node", [new Patch("p").Redirect("relu", "nowhere")] },
        { "relu: patch 'p' redirects it to itself", [new Patch("p").Redirect("relu", "relu")] },
        { "relu: patch 'back' redirects it to itself", [new Patch("to").Redirect("bn1", "relu"), new Patch("back").Redirect("relu", "bn1")] },
        { "bn1: patch 'late' replaces it, but an earlier patch removed it", [FoldNorm(Before, "bn1"), new Patch("late").Put(Before.Graph["bn1"] with { Op = new BatchNorm(8, 1e-3) })] },
        { "conv1.wieght: patch 'p' sets it, but no node has such a parameter", [new Patch("p").Set("conv1.wieght", new Parameter(Tensor.Zeros([1])))] },
        { "relu: patch 'p' takes it from the outputs, but it is none", [new Patch("p").ReplaceOutput("relu", "bn1")] },
        { "nowhere: patch 'p' makes it an output, but there is no such node", [new Patch("p").ReplaceOutput("fc", "nowhere")] },
        { "relu: reads 'y', but there is no such node", [new Patch("p").Put(Before.Graph["relu"] with { Inputs = ["y"] })] },
        { "layer2.0.conv1: was made for 8 channels, found 3", [new Patch("p").Redirect("layer1.0.relu2", "input")] },
        { "conv1: nodes read each other in a circle: conv1 reads relu reads bn1 reads conv1", [new Patch("p").Put(Before.Graph["conv1"] with { Inputs = ["relu"] })] },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void A_contradiction_is_refused_with_a_reason_and_the_model_stays_as_it_was(string message, Patch[] patches)
    {
        (Graph graph, int count) = (SmallResNet.Create(), Before.Parameters.Count);
        Assert.Equal(message, Assert.Throws<GraphException>(() => Before.Apply(patches)).Message);
        Assert.Equal(graph, Before.Graph);
        Assert.Equal(count, Before.Parameters.Count);
    }

    [Fact]
    public void A_new_node_without_its_numbers_is_refused_by_their_names()
    {
        Patch patch = new Patch("p").Put(new Node("extra", new BatchNorm(8), ["relu"])).Redirect("relu", "extra");
        Assert.Equal(5, Assert.Throws<ParameterMismatchException>(() => Before.Apply(patch)).Missing.Count);
    }

    [Fact]
    public void A_patch_is_a_value_that_tells_what_it_will_do()
    {
        Patch patch = FoldNorm(Before, "bn1");
        Assert.Equal("bn1 into conv1", patch.Reason);
        Assert.Equal(["conv1"], patch.Nodes.Select(node => node.Name));
        Assert.Equal([("bn1", "conv1")], patch.Redirects);
        Assert.Equal(["conv1.bias"], patch.Parameters.Select(parameter => parameter.Key));
        Assert.Empty(new Patch("other").Nodes);
    }

    private static IEnumerable<string> Names(Model model) => model.Graph.Nodes.Select(node => node.Name);

    internal static Model WithNumbers(Graph graph) => new(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);

    /// <summary>The shape of a fold, with zeros for numbers.</summary>
    internal static Patch FoldNorm(Model model, string norm)
    {
        Node source = model.Graph[model.Graph[norm].Inputs[0]];
        var conv = (Conv2d)source.Op;
        return new Patch($"{norm} into {source.Name}")
            .Put(new Node(source.Name, conv with { Bias = true }, source.Inputs))
            .Redirect(norm, source.Name)
            .Set($"{source.Name}.bias", new Parameter(Tensor.Zeros([conv.OutChannels])));
    }

    internal static Patch Insert(string behind, string name) => new Patch($"insert {name}").Put(new Node(name, new Relu(), [behind])).Redirect(behind, name);
}
