using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Folds batch norms, and factors and shifts of channels, into the layers with quantized weights that they follow, after training: the networks then compute in integers from one rounding to the next.</summary>
/// <remarks>
/// Training is to round what inference rounds, weights multiplied by γ/σ (Jacob 2018, §3.2; Krishnamoorthi 2018, §3.2.2). With a scale for each output channel the integers are the same before and after that: w·f/(s·|f|) is ±w/s. So a network is
/// trained with its norms in place, and the fold multiplies scales by |f|, changes signs where f is negative, and puts shifts into the bias. Only where a bias does not fit into 32 bits together with the sums of products is the scale widened and the channel rounded again.
/// <see cref="InferenceFolding"/> leaves these norms alone, since what they compute is not rounded before them, and after the fold the bias is rounded.
/// </remarks>
public sealed class QuantizedNormFolding : Pass
{
    /// <inheritdoc/>
    public override string Name => "fold norms of quantized layers";

    /// <inheritdoc/>
    public override string Action => "fold";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <inheritdoc/>
    /// <exception cref="EspalierException">A scale, a zero point or a weight of a quantized layer is invalid.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var patches = ImmutableArray.CreateBuilder<Patch>();
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        Graph graph = model.Graph;
        foreach (Node norm in graph.Nodes.Where(node => node.Op is BatchNorm { RunningStatistics: true } or Affine && QuantizedLayer.Is(graph[node.Inputs[0]].Op)))
        {
            Node layer = graph[norm.Inputs[0]];
            if (QuantizedAffine.WhyNot(graph, layer) is string reason)
            {
                refusals.Add(new Refusal(norm.Name, reason));
            }
            else
            {
                patches.Add(QuantizedAffine.Absorb(model, layer, ChannelAffine.Of(model, norm), $"{norm.Name} into {layer.Name}").Redirect(norm.Name, layer.Name));
            }
        }

        return new PassPlan(patches.ToImmutable(), refusals.ToImmutable());
    }
}
