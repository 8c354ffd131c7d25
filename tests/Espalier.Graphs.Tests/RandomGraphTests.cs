using Espalier.Testing;

namespace Espalier.Graphs.Tests;

/// <summary>What holds for every graph, tried on many.</summary>
public sealed class RandomGraphTests
{
    private const int Seeds = 150;
    private static readonly RandomGraphOptions Options = new() { ManyOutputs = true };

    [Fact]
    public void The_generator_makes_one_network_for_each_seed_and_uses_every_op()
    {
        var types = new HashSet<Type>();
        var dumps = new HashSet<string>();
        Each(graph =>
        {
            types.UnionWith(graph.Nodes.Select(node => node.Op.GetType()));
            dumps.Add(graph.ToString());
        });
        Type[] without = [typeof(Quantize)]; // rounding to 8 bits makes one quantum of the least difference between float32 and double
        Assert.Equal([], AllOps.Types.Except(types).Except(without).Select(type => type.Name));
        Assert.Equal(Seeds, dumps.Count);
        Assert.Equal(RandomGraphs.Create(7), RandomGraphs.Create(7));
    }

    [Fact]
    public void The_generator_heeds_its_options()
    {
        RandomGraphOptions calm = new() { Randomness = false, AlwaysClassifies = true, Blocks = 3, SmallestInput = 8, LargestInput = 8 };
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            Graph graph = RandomGraphs.Create(seed, calm);
            Assert.DoesNotContain(graph.Nodes, node => node.Op is Dropout or StochasticDepth);
            Assert.Equal(1, graph.ShapeOf(Assert.Single(graph.Outputs)).Rank);
            Assert.Equal((8, 8), (graph.ShapeOf("input")[1], graph.ShapeOf("input")[2]));
        }
    }

    [Fact]
    public void Nodes_in_any_order_make_the_same_network() => Each(graph =>
    {
        Graph reversed = new(graph.Nodes.Reverse(), graph.Outputs);
        Assert.Equal(graph.Nodes.OrderBy(node => node.Name), reversed.Nodes.OrderBy(node => node.Name));
        Assert.All(graph.Nodes, node => Assert.Equal(graph.ShapeOf(node.Name), reversed.ShapeOf(node.Name)));
        var seen = new HashSet<string>();
        Assert.All(reversed.Nodes, node =>
        {
            Assert.True(seen.IsSupersetOf(node.Inputs), node.Name);
            seen.Add(node.Name);
        });
    });

    [Fact]
    public void A_sorted_graph_stays_as_it_is() => Each(graph => Assert.Equal(graph, new Graph(graph.Nodes, graph.Outputs)));

    [Fact]
    public void Users_are_the_other_side_of_inputs() => Each(graph =>
    {
        IEnumerable<(string, string)> reads = graph.Nodes.SelectMany(node => node.Inputs.Select(input => (input, node.Name)));
        IEnumerable<(string, string)> uses = graph.Nodes.SelectMany(node => graph.UsersOf(node.Name).Select(user => (node.Name, user.Name)));
        Assert.Equal(reads.Order(), uses.Order());
    });

    [Fact]
    public void Removing_any_one_inner_node_is_noticed() => Each(graph =>
    {
        foreach (Node node in graph.Nodes)
        {
            Assert.Throws<GraphException>(() => new Graph(graph.Nodes.Where(other => other != node), graph.Outputs));
        }
    });

    [Fact]
    public void Folding_every_norm_at_once_or_one_by_one_gives_the_same_model() => Each(graph =>
    {
        Model model = PatchTests.WithNumbers(graph);
        string[] norms = [.. Foldable(graph).Select(node => node.Name)];
        Patch[] folds = [.. norms.Select(norm => PatchTests.FoldNorm(model, norm))];
        Model atOnce = model.Apply(folds);
        Model oneByOne = norms.Aggregate(model, (current, norm) => current.Apply(PatchTests.FoldNorm(current, norm)));
        Assert.Equal(oneByOne.Graph, atOnce.Graph);
        Assert.Equal(oneByOne.Parameters.Keys, atOnce.Parameters.Keys);
        Assert.Equal(atOnce.Graph, model.Apply(folds.Reverse()).Graph);
        Assert.Equal(graph.Nodes.Length - folds.Length, atOnce.Graph.Nodes.Length);
        Assert.Equal(graph.Outputs.Select(graph.ShapeOf), atOnce.Graph.Outputs.Select(atOnce.Graph.ShapeOf));
    });

    [Fact]
    public void Inserting_behind_every_node_at_once_keeps_every_shape() => Each(graph =>
    {
        Model model = PatchTests.WithNumbers(graph);
        Model after = model.Apply(graph.Nodes.Select(node => PatchTests.Insert(node.Name, $"{node.Name}.after")));
        Assert.Equal(2 * graph.Nodes.Length, after.Graph.Nodes.Length);
        Assert.Equal(graph.Outputs.Select(name => $"{name}.after"), after.Graph.Outputs);
        foreach (Node node in graph.Nodes)
        {
            Assert.Equal(graph.ShapeOf(node.Name), after.Graph.ShapeOf($"{node.Name}.after"));
            Assert.Equal(node.Inputs.Select(name => $"{name}.after"), after.Graph[node.Name].Inputs);
        }

        Model back = after.Apply(graph.Nodes.Select(node => new Patch("remove").Redirect($"{node.Name}.after", node.Name)));
        Assert.Equal(graph, back.Graph);
    });

    [Fact]
    public void A_summary_adds_up() => Each(graph =>
    {
        var summary = new NetworkSummary(graph);
        Assert.Equal(graph.Nodes.Length, summary.Nodes.Length);
        Assert.Equal(graph.Parameters.Where(parameter => !parameter.Value.IsBuffer).Sum(parameter => parameter.Value.Shape.Count), summary.Parameters);
        Assert.Equal(summary.MultiplyAccumulates, summary.Stages.Sum(stage => stage.MultiplyAccumulates));
        Assert.Equal(summary.Parameters, summary.Stages.Sum(stage => stage.Parameters));
        Assert.True(summary.Depth <= summary.Stages.Sum(stage => stage.Depth), "a path is no longer than the sum of its parts");
        Assert.All(summary.Nodes, row => Assert.True(row.ReceptiveField is { Field: { Height: > 0, Width: > 0 }, Stride: { Height: > 0, Width: > 0 } }));
    });

    private static IEnumerable<Node> Foldable(Graph graph) => graph.Nodes.Where(node =>
        node.Op is BatchNorm && graph[node.Inputs[0]] is { Op: Conv2d { Bias: false } } conv && graph.HasSingleUse(conv.Name) && !IsTied(graph, conv));

    private static bool IsTied(Graph graph, Node conv) =>
        graph.Nodes.Count(node => node.Parameters.Contains(conv.Parameter("weight"))) > 1;

    private static void Each(Action<Graph> check)
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            Graph graph = RandomGraphs.Create(seed, Options);
            try
            {
                check(graph);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}\n{graph}", error);
            }
        }
    }
}
