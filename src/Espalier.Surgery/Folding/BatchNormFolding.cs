using System.Collections.Immutable;
using Espalier.Graphs;

namespace Espalier.Surgery;

/// <summary>Folds each batch norm into the convolution or linear layer before it (inference statistics; Ioffe and Szegedy 2015, §3.1).</summary>
public sealed class BatchNormFolding : Pass
{
    /// <inheritdoc/>
    public override string Name => "fold batch norm";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Rounding;

    /// <inheritdoc/>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var patches = ImmutableArray.CreateBuilder<Patch>();
        var refusals = ImmutableArray.CreateBuilder<Refusal>();
        foreach (Node norm in model.Graph.Nodes.Where(node => node.Op is BatchNorm))
        {
            Node source = model.Graph[norm.Inputs[0]];
            if (WhyNot(model.Graph, source) is string reason)
            {
                refusals.Add(new Refusal(norm.Name, reason));
                continue;
            }

            patches.Add(OutputAffine
                .Absorb(model, source, ChannelAffine.OfBatchNorm(model, norm), $"{norm.Name} into {source.Name}")
                .Redirect(norm.Name, source.Name));
        }

        return new PassPlan(patches.ToImmutable(), refusals.ToImmutable());
    }

    private static string? WhyNot(Graph graph, Node source) =>
        !OutputAffine.CanAbsorb(source.Op) ? $"it follows {source.Op.Kind} '{source.Name}', which has no weights to fold into"
        : !graph.HasSingleUse(source.Name) ? $"other nodes read '{source.Name}' before the norm"
        : null;
}
