using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>What is to be pruned, by which criterion and how far. There is one kind for each granularity: <see cref="WeightPruning"/>, <see cref="ChannelPruning"/>, <see cref="BlockPruning"/>.</summary>
public abstract record PruningRequest
{
    private protected PruningRequest()
    {
    }

    /// <summary>How much goes, or what may be left.</summary>
    public PruningTarget? Target { get; init; }

    /// <summary>Names or patterns (<see cref="ScopePattern"/>) of what may be pruned; none means all that can be.</summary>
    public ValueList<string> Scopes { get; init; }

    /// <summary>Names or patterns of what is left alone.</summary>
    public ValueList<string> Exclude { get; init; }

    /// <summary>The seed of criteria that draw random numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>What its criterion needs from a <see cref="PruningContext"/>.</summary>
    public abstract PruningNeeds Needs { get; }

    private protected abstract string Granularity { get; }

    internal abstract PruningResult Run(Model model, PruningContext context, PruningStep? step);

    /// <summary>The target, which has to be there; a share of a quantity has to be one, whatever a step makes of it.</summary>
    private protected PruningTarget RequireTarget(string possible)
    {
        (Target as MeasureTarget)?.RequireShare();
        return Target ?? throw new EspalierException($"Pruning {Granularity} needs a {nameof(Target)}: {possible}.");
    }

    /// <summary>What to say of a target of another granularity.</summary>
    private protected EspalierException Unsuited(string possible) => new($"Pruning {Granularity} has no target '{Target}': {possible} would work.");
}
