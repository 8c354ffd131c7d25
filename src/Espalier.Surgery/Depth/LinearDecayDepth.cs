using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Gives every residual block a chance to be skipped while training, smaller for early blocks than for late ones (Huang 2016, "Deep networks with stochastic depth", §3): p_l = 1 − l/L · (1 − p_L).</summary>
/// <remarks>The addition at a block's end becomes the op that draws; it has no parameters, so weights and names stay as they are.</remarks>
/// <param name="last">p_L: the probability that the last block survives; above 0, at most 1.</param>
/// <param name="mode">Whether all images of a batch skip a block together, which saves its time.</param>
public sealed class LinearDecayDepth(double last, StochasticDepthMode mode = StochasticDepthMode.Batch) : Pass
{
    /// <inheritdoc/>
    public override string Name => "stochastic depth";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <inheritdoc/>
    /// <exception cref="GraphException">The network has no residual blocks, or the probability is not possible.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (last is not (> 0 and <= 1))
        {
            throw new GraphException("stochastic depth", $"expected a survival probability above 0 and at most 1, found {last}");
        }

        Node[] blocks = [.. model.Graph.Nodes.Where(node => node is { Op: Add, Inputs.Count: 2 })];
        if (blocks.Length == 0)
        {
            throw new GraphException("graph", "has no residual blocks to skip");
        }

        return new PassPlan([.. blocks.Select((block, i) => Wrap(block, SurvivalOf(i + 1, blocks.Length)))], []);
    }

    /// <summary>p_l of block <paramref name="block"/>, from 1 on, of <paramref name="blocks"/>.</summary>
    public double SurvivalOf(int block, int blocks) => 1 - ((double)block / blocks * (1 - last));

    private Patch Wrap(Node block, double survival) => new Patch($"{block.Name} survives with {survival:0.###}").Put(
        new Node(block.Name, new StochasticDepth(survival) { Mode = mode }, [block.Inputs[1], block.Inputs[0]])); // blocks add their shortcut to the branch
}
