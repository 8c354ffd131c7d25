using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Execution.Tests;

/// <summary>Regions by arithmetic against what changes: a row or column of the input that is not a number makes every unit that depends on it not a number.</summary>
public class ReceptiveRegionExecutionTests
{
    private const int Networks = 25;

    [Fact]
    public void A_unit_depends_on_its_region_and_on_nothing_else()
    {
        int compared = 0;
        for (ulong seed = 1; seed <= Networks; seed++)
        {
            Graph graph = RandomGraphs.Create(seed, new RandomGraphOptions { Blocks = 3, Channels = 4, SmallestInput = 7, LargestInput = 17, Randomness = false });
            compared += Compare(graph, RandomGraphs.ParametersFor(graph), seed);
        }

        Assert.True(compared > 300, $"{compared} units");
    }

    private static int Compare(Graph graph, Parameters parameters, ulong seed)
    {
        FeatureMap input = FeatureMap.Of(graph.ShapeOf(graph.Input.Name));
        Dictionary<string, bool[]>[] rows = [.. Enumerable.Range(0, input.Height).Select(row => Reached(graph, parameters, input, (y, _) => y == row))];
        Dictionary<string, bool[]>[] columns = [.. Enumerable.Range(0, input.Width).Select(column => Reached(graph, parameters, input, (_, x) => x == column))];
        var random = new CounterRandom(seed);
        int units = 0;
        foreach ((int i, Node node) in graph.Nodes.Index())
        {
            FeatureMap map = FeatureMap.Of(graph.ShapeOf(node.Name));
            for (int draw = 0; draw < 3; draw++)
            {
                (int row, int column) = ((int)random.Below((ulong)((i * 6) + draw), map.Height), (int)random.Below((ulong)((i * 6) + draw + 3), map.Width));
                int unit = (row * map.Width) + column;
                int[] top = [.. Enumerable.Range(0, input.Height).Where(y => rows[y][node.Name][unit])], left = [.. Enumerable.Range(0, input.Width).Where(x => columns[x][node.Name][unit])];
                PixelBox? expected = top.Length > 0 ? new PixelBox(top[0], left[0], top[^1] + 1, left[^1] + 1) : null;
                ReceptiveRegion region = ReceptiveRegion.Of(graph, node.Name, row, column);
                Assert.True(expected == region.Inside, $"seed {seed}: {node.Name} at {row}, {column} depends on {expected}, found {region.Inside}\n{graph}");
                units++;
            }
        }

        return units;
    }

    // For each node the pixels of its map that are not a number in any channel.
    private static Dictionary<string, bool[]> Reached(Graph graph, Parameters parameters, FeatureMap input, Func<int, int, bool> isMissing)
    {
        double[] values = [.. Enumerable.Range(0, input.Length).Select(i => isMissing(i % input.Pixels / input.Width, i % input.Width) ? double.NaN : 0.5 + (i % 7))];
        IReadOnlyDictionary<string, double[]> results = ReferenceExecutor.RunAll(graph, parameters, new Dictionary<string, double[]> { [graph.Input.Name] = values }, 1);
        return results.ToDictionary(result => result.Key, result =>
        {
            int pixels = FeatureMap.Of(graph.ShapeOf(result.Key)).Pixels;
            return Enumerable.Range(0, pixels).Select(pixel => Enumerable.Range(0, result.Value.Length / pixels).Any(channel => double.IsNaN(result.Value[(channel * pixels) + pixel]))).ToArray();
        });
    }
}
