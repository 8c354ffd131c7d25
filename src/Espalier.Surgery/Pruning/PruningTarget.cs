using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The amount that a pruning removes, or a limit for the pruned model. A target that the granularity does not support is an error.</summary>
public abstract record PruningTarget
{
    private protected PruningTarget()
    {
    }

    /// <summary>Weights, channels: a fraction, from 0 to 1, of what earlier prunings have left, like a float <c>amount</c> in PyTorch.</summary>
    public static PruningTarget Fraction(double share) => new AmountTarget(PruneAmount.Fraction(share));

    /// <summary>Weights, blocks: a number of blocks, or of units of <see cref="WeightPruning.Pattern"/>, like an int <c>amount</c> in PyTorch.</summary>
    public static PruningTarget Count(long units) => new AmountTarget(PruneAmount.Count(units));

    /// <summary>Weights: the fraction of all weights that is zero after pruning, including earlier prunings, from 0 to 1.</summary>
    public static PruningTarget Sparsity(double share) => new AmountTarget(PruneAmount.Sparsity(share));

    /// <summary>
    /// Weights, channels: a fraction of what is left of each parameter or channel group, by its name, as <see cref="SensitivityScan.AmountsWithin"/> returns them. Parameters and groups that are not named are not pruned. A parameter
    /// that is named is pruned even if its kind of layer is not pruned by default.
    /// </summary>
    public static PruningTarget Amounts(ValueList<KeyValuePair<string, double>> amounts) => new NamedTarget(amounts);

    /// <summary>Channels: removes as little as possible so that a quantity of the pruned model is at most <paramref name="limit"/>. Weights support this for milliseconds and custom measures.</summary>
    public static PruningTarget AtMost(PruningMeasure measure, double limit) => Bounded(measure, limit, isShare: false);

    /// <summary>Like <see cref="AtMost"/>, with a limit relative to the model before pruning, or before the first of several steps: 0.4 of the multiply-accumulates is a reduction by a factor of 2.5.</summary>
    public static PruningTarget AtMostShare(PruningMeasure measure, double share) => Bounded(measure, share, isShare: true);

    /// <summary>The limit of a quantity, or <see langword="null"/> if this target does not limit it.</summary>
    /// <param name="measure">The quantity.</param>
    /// <param name="whole">The value of the quantity before pruning.</param>
    public virtual double? LimitOf(PruningMeasure measure, double whole) => null;

    private static MeasureTarget Bounded(PruningMeasure measure, double value, bool isShare)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return new MeasureTarget(measure, value, isShare);
    }
}

/// <summary>An amount of weights, channels or blocks.</summary>
internal sealed record AmountTarget(PruneAmount Amount) : PruningTarget
{
    public override string ToString() => Amount.ToString();
}

/// <summary>A fraction for each named parameter or channel group.</summary>
internal sealed record NamedTarget(ValueList<KeyValuePair<string, double>> Shares) : PruningTarget
{
    public override string ToString() => NamedAmounts.Describe(Shares);

    /// <summary>The fractions to remove in one of several steps, which together remove these fractions.</summary>
    internal NamedTarget Of(PruningStep? step) => step is { } one ? new(ValueList.From(Shares.Select(each => KeyValuePair.Create(each.Key, one.ShareOf(each.Value))))) : this;
}

/// <summary>An upper limit of a quantity.</summary>
internal sealed record MeasureTarget(PruningMeasure Measure, double Value, bool IsShare) : PruningTarget
{
    public override double? LimitOf(PruningMeasure measure, double whole) => measure != Measure ? null : Of(whole);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"at most {Value:0.####}{(IsShare ? " of the" : "")} {Measure.Unit}");

    /// <summary>Refuses a share that is none.</summary>
    /// <exception cref="EspalierException">It is 0, above 1 or not a number.</exception>
    internal void RequireShare()
    {
        if (IsShare)
        {
            RequireShare(Value, Measure);
        }
    }

    /// <summary>Refuses a share of a quantity that is none.</summary>
    /// <exception cref="EspalierException">It is 0, above 1 or not a number.</exception>
    internal static void RequireShare(double share, PruningMeasure measure)
    {
        if (share is not (> 0 and <= 1))
        {
            throw new EspalierException(string.Create(CultureInfo.InvariantCulture, $"Expected a share of the {measure.Unit} above 0 and at most 1, found {share}."));
        }
    }

    internal double Of(double whole) => IsShare ? Value * whole : Value;

    /// <summary>The value to aim at in this step.</summary>
    /// <param name="model">The current model.</param>
    /// <param name="context">The context with the functions that measure a model.</param>
    /// <param name="step">The step, or <see langword="null"/> for a single step.</param>
    internal double Aim(Model model, PruningContext context, PruningStep? step)
    {
        double limit = IsShare || step is not null ? Left(Measure.Of(step?.Original ?? model, context), step) : Value;
        return Measure.Aim * limit;
    }

    /// <summary>The limit after a step for a quantity with the value <paramref name="whole"/> before the first step.</summary>
    internal double Left(double whole, PruningStep? step) => step is { } one ? one.LeftOf(whole, Of(whole)) : Of(whole);

    /// <summary>The measure of a pruned model, plus the increase to expect from this and the following steps.</summary>
    internal double Reached(Model model, PruningContext context, PruningStep? step) =>
        Measure.Of(model, context) + (Measure.RoomForStep * (step is { } one ? one.Count - one.Number + 1 : 1));
}
