using Espalier.Graphs;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

public class GraphShrinkerTests
{
    [Fact]
    public void Only_what_makes_the_test_fail_is_left()
    {
        int shrunk = 0;
        for (ulong seed = 1; seed <= 400; seed++)
        {
            Graph graph = RandomLinearGraph.Create(seed).Graph;
            if (Fails(graph))
            {
                Graph small = GraphShrinker.Shrink(graph, Fails);
                Assert.True(small.Nodes.Length == 3 && small.Nodes[0].Op is Input && small.Nodes[1].Op is BatchNorm, $"seed {seed}: {small}");
                Assert.True(small.Nodes[2].Op is Conv2d { Kernel: { Height: > 1 } or { Width: > 1 } }, $"seed {seed}: {small}");
                shrunk++;
            }
        }

        Assert.InRange(shrunk, 5, 400);
    }

    [Fact]
    public void What_does_not_fail_is_not_shrunk() =>
        Assert.ThrowsAny<Exception>(() => GraphShrinker.Shrink(RandomLinearGraph.Create(1).Graph, _ => false));

    /// <summary>A stand-in for a defect: a kernel directly behind a norm.</summary>
    private static bool Fails(Graph graph) =>
        graph.Nodes.Any(node => node.Op is Conv2d conv && conv.Kernel != 1 && graph[node.Inputs[0]].Op is BatchNorm);
}
