using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Prunes a model: masks single weights, or removes channels or residual blocks.</summary>
public static class Pruner
{
    /// <summary>Prunes a model according to a request and adds a lineage entry. Before weights or channels are pruned, convolutions of standardized weights get these (<see cref="StandardizationRemoval"/>).</summary>
    /// <param name="model">The model to prune; it is not changed.</param>
    /// <param name="request">A <see cref="WeightPruning"/>, <see cref="ChannelPruning"/> or <see cref="BlockPruning"/>.</param>
    /// <param name="context">The gradients, samples, sizes and times that criteria and targets need; <see langword="null"/> if they need none.</param>
    /// <param name="step">The step, if the request is carried out in several steps; <see langword="null"/> to prune in one step.</param>
    /// <exception cref="EspalierException">The request is not possible; the message contains the name of the layer or option and what was expected.</exception>
    public static PruningResult Prune(this Model model, PruningRequest request, PruningContext? context = null, PruningStep? step = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        RequireFloat(model, request);
        model = request is BlockPruning ? model : StandardizationRemoval.BeforePruning(model);
        return request.Run(model, (context ?? PruningContext.None).Cached(), step);
    }

    // Integers of different channels are no measure of importance, and layers without some of their channels have other sums, biases and ranges.
    private static void RequireFloat(Model model, PruningRequest request)
    {
        Node? quantized = request switch
        {
            ChannelPruning => model.Graph.Nodes.FirstOrDefault(node => node.Op is Quantize || QuantizedLayer.Is(node.Op)),
            WeightPruning => model.Graph.Nodes.FirstOrDefault(node => QuantizedLayer.Is(node.Op) && model.Parameters[node.Parameter("weight")].Value.Type == ElementType.Int8),
            _ => null,
        };
        if (quantized is not null)
        {
            throw new PruningException(quantized.Name, "is quantized: prune the model before it is quantized");
        }
    }
}
