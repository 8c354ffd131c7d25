using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The elements to prune, the criterion and the amount. There is one type for each granularity: <see cref="WeightPruning"/>, <see cref="ChannelPruning"/>, <see cref="BlockPruning"/>.</summary>
public abstract record PruningRequest
{
    private protected PruningRequest()
    {
    }

    /// <summary>The amount to remove, or the limit that the pruned model must keep.</summary>
    public PruningTarget? Target { get; init; }

    /// <summary>Names or patterns (<see cref="ScopePattern"/>) of the parameters, layers or blocks to prune; if empty, all that the granularity prunes by default.</summary>
    public ValueList<string> Scopes { get; init; }

    /// <summary>Names or patterns of the parameters, layers or blocks that are not pruned.</summary>
    public ValueList<string> Exclude { get; init; }

    /// <summary>The random seed for criteria that use random numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>The inputs that the criterion needs from a <see cref="PruningContext"/>.</summary>
    public abstract PruningNeeds Needs { get; }

    private protected abstract string Granularity { get; }

    internal abstract PruningResult Run(Model model, PruningContext context, PruningStep? step);

    /// <summary>Returns the target; throws if there is none, or if it is a fraction of a quantity that is not above 0 and at most 1.</summary>
    private protected PruningTarget RequireTarget(string possible)
    {
        (Target as MeasureTarget)?.RequireShare();
        return Target ?? throw new EspalierException($"Pruning {Granularity} needs a {nameof(Target)}: {possible}.");
    }

    /// <summary>The exception for a target that this granularity does not support.</summary>
    private protected EspalierException Unsuited(string possible) => new($"Pruning {Granularity} does not support the target '{Target}'; expected {possible}.");
}
