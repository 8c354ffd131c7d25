using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Prunes single weights by masks, like <c>torch.nn.utils.prune</c>: the values are kept, a mask determines which are used, and several prunings can be combined.</summary>
/// <remarks>
/// <see cref="PruningRequest.Scopes"/> are names of parameters (<c>conv1.weight</c>), of layers (<c>conv1</c>: its weight) or patterns of them. If there are none, the weights of all convolutions and linear layers are pruned except the first convolution,
/// depthwise convolutions and the classifier. A parameter or layer that is named in full is pruned even if its kind of layer is not pruned by default.
/// </remarks>
public sealed record WeightPruning : PruningRequest
{
    /// <summary>The criterion that ranks the weights.</summary>
    public IWeightCriterion Criterion { get; init; } = PruningCriteria.Magnitude;

    /// <summary>The order n of the Lₙ norm that ranks units of several weights; infinity is the greatest magnitude.</summary>
    public double Norm { get; init; } = 1;

    /// <summary>The units of weights that are pruned together. <see cref="WeightPattern.TwoOfFour"/> always removes half and takes no target.</summary>
    public WeightPattern Pattern { get; init; }

    /// <summary>Whether all parameters are ranked together (global ranking) or each separately (local ranking).</summary>
    public bool IsGlobal { get; init; }

    /// <summary>How the amount is distributed over the parameters with local ranking.</summary>
    public AmountDistribution Distribution { get; init; }

    /// <summary>Whether to prune the first convolutions, which read the image.</summary>
    public bool IncludesStem { get; init; }

    /// <summary>Whether to prune depthwise convolutions.</summary>
    public bool IncludesDepthwise { get; init; }

    /// <summary>Whether to prune the last layer with weights before the output.</summary>
    public bool IncludesClassifier { get; init; }

    /// <summary>
    /// Whether blocks of several branches are ranked by the layer that the block folds into and masked in all branches at once, so that the zeros remain when the blocks are folded. Scopes, the parameters of the result and gradients
    /// then refer to the parameters of the folded network: <c>layer1.0.conv1.weight</c> is the block of that scope. Branches of several layers are merged into one convolution first (<see cref="BranchPruning.MergeBranchChains"/>).
    /// </summary>
    public bool Branches { get; init; }

    /// <inheritdoc/>
    public override PruningNeeds Needs => Criterion.Needs;

    private protected override string Granularity => "weights";

    internal override PruningResult Run(Model model, PruningContext context, PruningStep? step)
    {
        const string Possible = "a fraction, a count, a sparsity, amounts by name, or a bound of milliseconds or of a custom measure";
        if (Pattern == WeightPattern.TwoOfFour)
        {
            return Target is null ? WeightPruner.Prune(model, this, context) : throw new EspalierException($"Pattern 2:4 always removes half of the weights and takes no target, found '{Target}'.");
        }

        return RequireTarget(Possible) switch
        {
            AmountTarget { Amount: var amount } => WeightPruner.Prune(model, this with { Target = new AmountTarget(OfStep(amount, step)) }, context),
            NamedTarget named => WeightPruner.Prune(model, this with { Target = named.Of(step) }, context),
            MeasureTarget { Measure: var measure } bound when measure.Count is null && measure != PruningMeasure.Bytes => ToMeasure(model, bound, context, step),
            MeasureTarget { Measure: var measure } => throw new EspalierException($"Masks do not change a network's {measure.Unit}; prune channels or blocks instead, or use {Possible}."),
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
        PruningResult before = WeightPruner.Prune(step.Original, Of(0) with { Criterion = PruningCriteria.Magnitude }, PruningContext.None); // the criterion has no influence on the count of weights that are already removed
        double density = 1 - ((double)before.RemovedWeights / Math.Max(1, before.Weights));
        return 1 - step.LeftOf(density, 1 - target);
    }

    /// <summary>Removes as few weights as possible to meet a measured target.</summary>
    private PruningResult ToMeasure(Model model, MeasureTarget bound, PruningContext context, PruningStep? step)
    {
        const double Sparsest = 0.99; // no known network keeps its accuracy beyond this sparsity
        double target = bound.Aim(model, context, step);
        PruningResult least = WeightPruner.Prune(model, Of(0), context); // removes no weights beyond those that are already removed
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
