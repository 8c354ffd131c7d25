using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Puts a batch norm after every convolution of a network without norms, so that it trains as it did before its norms were folded into the convolutions.</summary>
/// <remarks>
/// The norms begin as the identity at inference. Calibrate them (<see cref="NormCalibration"/>) before training, so that the statistics of the batches are near the running ones and the first step starts from the same function.
/// Convolutions that compute one pixel, such as those of squeeze-and-excitation blocks, get none, because a small batch has too few values for statistics.
/// </remarks>
public sealed class NormInsertion : Pass
{
    /// <inheritdoc/>
    public override string Name => "insert norms";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <summary>Whether a network has convolutions and no norm.</summary>
    public static bool Applies(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Nodes.Any(node => node.Op is Conv2d) && !graph.Nodes.Any(node => node.Op is BatchNorm or GroupNorm or LayerNorm);
    }

    /// <inheritdoc/>
    /// <exception cref="GraphException">The network has norms.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Graph graph = model.Graph;
        return Applies(graph)
            ? new PassPlan([.. graph.Nodes.Where(node => node.Op is Conv2d && FeatureMap.Of(graph.ShapeOf(node.Name)).Pixels > 1).Select(node => After(graph, node))], [])
            : throw new GraphException("graph", "norms can be put after the convolutions of a network that has convolutions and no norm");
    }

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return [new("norms", $"{plan.Patches.Length}")];
    }

    private static Patch After(Graph graph, Node convolution)
    {
        var op = new BatchNorm(((Conv2d)convolution.Op).OutChannels);
        var norm = new Node(graph.FreeName(convolution.Name + "_norm"), op, [convolution.Name]);
        NormStatistics neutral = NormStatistics.Neutral(op.Channels, op);
        Patch patch = new Patch($"{norm.Name} after {convolution.Name}").Put(norm).Redirect(convolution.Name, norm.Name);
        Tensor[] values = [.. new[] { neutral.Weight, new float[op.Channels], neutral.Mean, neutral.Variance }.Select(numbers => Tensor.From<float>([op.Channels], numbers)), Tensor.From<long>([], [0])];
        for (int i = 0; i < values.Length; i++)
        {
            patch = patch.Set(norm.Parameters[i], new Parameter(values[i]) { Trainable = !op.Parameters[i].IsBuffer });
        }

        return patch;
    }
}
