using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Pruning of single weights by masks, as <c>torch.nn.utils.prune</c> does: the values stay, the mask says which count, and prunings compose.</summary>
/// <remarks>
/// <see cref="PruningRequest.Scopes"/> are names of parameters (<c>conv1.weight</c>), of layers (<c>conv1</c>: its weight) or patterns of them. None means the weights of all convolutions and linear layers but the first convolution,
/// depthwise ones and the classifier. What is named in full is pruned also where its kind of layer is left out by default.
/// </remarks>
public sealed record WeightPruning : PruningRequest
{
    /// <summary>By what weights are ranked.</summary>
    public IWeightCriterion Criterion { get; init; } = PruningCriteria.Magnitude;

    /// <summary>The order of the Lₙ norm that ranks units of several weights; infinity is the greatest magnitude.</summary>
    public double Norm { get; init; } = 1;

    /// <summary>What goes or stays as one. <see cref="WeightPattern.TwoOfFour"/> always removes half and takes no target.</summary>
    public WeightPattern Pattern { get; init; }

    /// <summary>Whether all parameters are ranked together, rather than each alone.</summary>
    public bool IsGlobal { get; init; }

    /// <summary>How the amount is spread when each parameter is ranked alone.</summary>
    public AmountDistribution Distribution { get; init; }

    /// <summary>Whether to prune the convolutions that read the picture.</summary>
    public bool IncludesStem { get; init; }

    /// <summary>Whether to prune depthwise convolutions.</summary>
    public bool IncludesDepthwise { get; init; }

    /// <summary>Whether to prune the layer that the output comes from.</summary>
    public bool IncludesClassifier { get; init; }

    /// <summary>
    /// Whether blocks of several branches are ranked by the layer that each folds into and masked in all branches together, so that the zeros are still there once they are folded. Scopes, rows of the result and gradients
    /// are then of the folded network's parameters: <c>layer1.0.conv1.weight</c> is the block of that scope. Branches of several layers become one first (<see cref="BranchPruning.MergeBranchChains"/>).
    /// </summary>
    public bool Branches { get; init; }

    /// <inheritdoc/>
    public override PruningNeeds Needs => Criterion.Needs;

    private protected override string Granularity => "weights";

    internal override PruningResult Run(Model model, PruningContext context, PruningStep? step)
    {
        const string Possible = "a fraction, a count, a sparsity, amounts by name, or a bound of milliseconds or of a measure of one's own";
        if (Pattern == WeightPattern.TwoOfFour)
        {
            return Target is null ? WeightPruner.Prune(model, this, context) : throw new EspalierException($"Pattern 2:4 always removes half of the weights and takes no target, found '{Target}'.");
        }

        return RequireTarget(Possible) switch
        {
            AmountTarget { Amount: var amount } => WeightPruner.Prune(model, this with { Target = new AmountTarget(OfStep(amount, step)) }, context),
            NamedTarget named => WeightPruner.Prune(model, this with { Target = named.Of(step) }, context),
            MeasureTarget { Measure: var measure } bound when measure.Count is null && measure != PruningMeasure.Bytes => ToMeasure(model, bound, context, step),
            MeasureTarget { Measure: var measure } => throw new EspalierException($"Masks leave a network's {measure.Unit} as they are: channels or blocks would have to go. {Possible} would work."),
            _ => throw Unsuited(Possible),
        };
    }

    private PruneAmount OfStep(PruneAmount amount, PruningStep? step) =>
        step is not { } one ? amount
        : amount.IsSparsity ? PruneAmount.Sparsity(SparsityOf(amount.Value, one))
        : amount.IsCount ? PruneAmount.Count(one.CountOf(amount.Value))
        : PruneAmount.Fraction(one.ShareOf(amount.Value));

    private double SparsityOf(double target, PruningStep step)
    {
        PruningResult before = WeightPruner.Prune(step.Original, Of(0) with { Criterion = PruningCriteria.Magnitude }, PruningContext.None); // which is as good as any to count what is removed already
        double density = 1 - ((double)before.RemovedWeights / Math.Max(1, before.Weights));
        return 1 - step.LeftOf(density, 1 - target);
    }

    /// <summary>Removes as few weights as it takes.</summary>
    private PruningResult ToMeasure(Model model, MeasureTarget bound, PruningContext context, PruningStep? step)
    {
        const double Sparsest = 0.99; // beyond it no network that is known keeps anything of its accuracy
        double target = bound.Aim(model, context, step);
        PruningResult least = WeightPruner.Prune(model, Of(0), context); // nothing more than what is removed already
        if (bound.Reached(model, context, step) <= target)
        {
            return least;
        }

        double low = (double)least.RemovedWeights / Math.Max(1, least.Weights);
        PruningResult best = WeightPruner.Prune(model, Of(Sparsest), context);
        double reached = bound.Reached(best.Model, context, step);
        if (!(reached <= target))
        {
            throw new EspalierException(string.Create(
                CultureInfo.InvariantCulture, $"the measured target cannot be {target:0.####}: with {Sparsest:0%} of the chosen weights removed it is {reached:0.####}; more layers (a wider scope) or removing channels would reach further"));
        }

        double high = Sparsest;
        for (int i = 0; i < bound.Measure.Most; i++)
        {
            double middle = (low + high) / 2;
            PruningResult candidate = WeightPruner.Prune(model, Of(middle), context);
            (low, high, best) = bound.Reached(candidate.Model, context, step) <= target ? (low, middle, candidate) : (middle, high, best);
        }

        return best;
    }

    private WeightPruning Of(double sparsity) => this with { Target = PruningTarget.Sparsity(sparsity) };
}
