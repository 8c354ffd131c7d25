using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>The expected depth and MACs of a network with stochastic depth during training.</summary>
/// <param name="Blocks">The number of blocks that can be dropped.</param>
/// <param name="ExpectedBlocks">The expected number of blocks that survive: Σ p_l, which is (3L − 1)/4 for linear decay to one half (Huang 2016, §3).</param>
/// <param name="Depth">The number of layers with weights on the longest path when all blocks survive.</param>
/// <param name="ExpectedDepth">The expected value of <paramref name="Depth"/>, if no shortcut has more layers than its branch.</param>
/// <param name="MultiplyAccumulates">The MACs of the forward pass of one sample when all blocks survive.</param>
/// <param name="ExpectedMultiplyAccumulates">The expected value of <paramref name="MultiplyAccumulates"/>; a dropped branch is not computed.</param>
public readonly record struct StochasticDepthForecast(int Blocks, double ExpectedBlocks, int Depth, double ExpectedDepth, long MultiplyAccumulates, double ExpectedMultiplyAccumulates)
{
    /// <summary>The fraction of the MACs that is saved, in the forward and the backward pass; negative if projections cost more than dropping branches saves.</summary>
    public double SavedShare => MultiplyAccumulates == 0 ? 0 : 1 - (ExpectedMultiplyAccumulates / MultiplyAccumulates);

    /// <summary>Computes the forecast for a graph. Without stochastic depth the expected values equal the others.</summary>
    public static StochasticDepthForecast Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        StochasticDepth[] ops = [.. graph.Nodes.Select(node => node.Op).OfType<StochasticDepth>()];
        var always = new ComputationProbability(graph, _ => 1);
        var usual = new ComputationProbability(graph, op => op.SurvivalProbability);
        (string Name, long Cost)[] work = [.. graph.Nodes.Select(node => (node.Name, Graphs.MultiplyAccumulates.Of(graph, node))).Where(node => node.Item2 > 0)];
        return new StochasticDepthForecast(
            ops.Length,
            ops.Sum(op => op.SurvivalProbability),
            (int)DepthOf(graph, _ => 1),
            DepthOf(graph, op => op.SurvivalProbability),
            work.Sum(node => (long)always.Probability(node.Name) * node.Cost),
            work.Sum(node => usual.Probability(node.Name) * node.Cost));
    }

    private static double DepthOf(Graph graph, Func<StochasticDepth, double> survival)
    {
        var depths = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes)
        {
            double[] inputs = [.. node.Inputs.Select(input => depths[input])];
            double before = node.Op is StochasticDepth op ? Join(op, survival(op), inputs[0], inputs[1]) : inputs.Length == 0 ? 0 : inputs.Max();
            depths[node.Name] = before + (node.Op is Conv2d or Linear ? 1 : 0);
        }

        return graph.Outputs.Max(output => depths[output]);
    }

    private static double Join(StochasticDepth op, double p, double shortcut, double branch)
    {
        double surviving = op.Form == StochasticDepthForm.Residual ? Math.Max(shortcut, branch) : branch;
        return (p * surviving) + ((1 - p) * shortcut);
    }
}
