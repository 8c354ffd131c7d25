using Espalier.Testing;

namespace Espalier.Graphs.Tests;

public sealed class GraphSegmentsTests
{
    [Fact]
    public void A_residual_network_is_cut_between_its_blocks_only()
    {
        Graph graph = SmallResNet.Create();

        IReadOnlyList<Graph> segments = GraphSegments.Of(graph, 1000);

        Assert.Equal(["conv1", "layer1.0.add", "layer2.0.add", "fc"], segments.Select(segment => segment.Outputs[0]));
        AssertWhole(graph, segments);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void There_are_no_more_than_asked_for(int most)
    {
        Graph graph = SmallResNet.Create();
        IReadOnlyList<Graph> segments = GraphSegments.Of(graph, most);
        Assert.InRange(segments.Count, 1, most);
        AssertWhole(graph, segments);
    }

    [Fact]
    public void Random_networks_stay_whole()
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            Graph graph = RandomGraphs.Create(seed);
            AssertWhole(graph, GraphSegments.Of(graph, 8));
        }
    }

    /// <summary>Every node is in exactly one part, and each part begins with what the one before ends with.</summary>
    private static void AssertWhole(Graph graph, IReadOnlyList<Graph> segments)
    {
        Assert.Equal(graph.Nodes, segments.SelectMany((segment, i) => segment.Nodes.Where(node => i == 0 || node.Op is not Input)));
        Assert.Equal(graph.Outputs, segments[^1].Outputs);
        for (int i = 1; i < segments.Count; i++)
        {
            Assert.Equal(segments[i - 1].Outputs, [segments[i].Input.Name]);
            Assert.Equal(graph.ShapeOf(segments[i].Input.Name), segments[i].ShapeOf(segments[i].Input.Name));
        }
    }
}
