using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How much a pruning removes, or what it may leave. Not every target suits every granularity; what does not is refused by name.</summary>
public abstract record PruningTarget
{
    private protected PruningTarget()
    {
    }

    /// <summary>Weights, channels: a share, from 0 to 1, of what earlier prunings have left: PyTorch's <c>amount</c> when it is a float.</summary>
    public static PruningTarget Fraction(double share) => new AmountTarget(PruneAmount.Fraction(share));

    /// <summary>Weights, blocks: a number of them, or of units of <see cref="WeightPruning.Pattern"/>: PyTorch's <c>amount</c> when it is an int.</summary>
    public static PruningTarget Count(long units) => new AmountTarget(PruneAmount.Count(units));

    /// <summary>Weights: as many as it takes until this share of all of them is removed, earlier prunings included: what schedules ask for.</summary>
    public static PruningTarget Sparsity(double share) => new AmountTarget(PruneAmount.Sparsity(share));

    /// <summary>
    /// Weights, channels: a share of what is left of each parameter or group of channels, by its name, as <see cref="SensitivityScan.AmountsWithin"/> finds them. What is not named stays whole, and a parameter
    /// that is named is pruned also where its kind of layer is left out by default.
    /// </summary>
    public static PruningTarget Amounts(ValueList<KeyValuePair<string, double>> amounts) => new NamedTarget(amounts);

    /// <summary>Channels, and for times and measures of one's own also weights: as little as it takes for a quantity of the pruned model to be at most <paramref name="limit"/>.</summary>
    public static PruningTarget AtMost(PruningMeasure measure, double limit) => Bounded(measure, limit, isShare: false);

    /// <summary>Like <see cref="AtMost"/>, with a share of what there is before the pruning, or before the first of several steps: 0.4 of the multiply-accumulates is 2.5 times less work.</summary>
    public static PruningTarget AtMostShare(PruningMeasure measure, double share) => Bounded(measure, share, isShare: true);

    /// <summary>What may be left of a quantity, or <see langword="null"/> where this target does not bound it.</summary>
    /// <param name="measure">The quantity.</param>
    /// <param name="whole">How much there is of it before.</param>
    public virtual double? LimitOf(PruningMeasure measure, double whole) => null;

    private static MeasureTarget Bounded(PruningMeasure measure, double value, bool isShare)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return new MeasureTarget(measure, value, isShare);
    }
}

/// <summary>So much of the weights, channels or blocks.</summary>
internal sealed record AmountTarget(PruneAmount Amount) : PruningTarget
{
    public override string ToString() => Amount.ToString();
}

/// <summary>So much of each that is named.</summary>
internal sealed record NamedTarget(ValueList<KeyValuePair<string, double>> Shares) : PruningTarget
{
    public override string ToString() => NamedAmounts.Describe(Shares);

    /// <summary>What each loses in one of several steps, which together make up these shares.</summary>
    internal NamedTarget Of(PruningStep? step) => step is { } one ? new(ValueList.From(Shares.Select(each => KeyValuePair.Create(each.Key, one.ShareOf(each.Value))))) : this;
}

/// <summary>As much as it takes for a quantity to be small enough.</summary>
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

    /// <summary>What to aim at in this step.</summary>
    /// <param name="model">The model as it is now.</param>
    /// <param name="context">What measures it.</param>
    /// <param name="step">Which step, or <see langword="null"/> for all at once.</param>
    internal double Aim(Model model, PruningContext context, PruningStep? step)
    {
        double limit = IsShare || step is not null ? Left(Measure.Of(step?.Original ?? model, context), step) : Value;
        return Measure.Aim * limit;
    }

    /// <summary>What may be left after a step of what there is so much of before the first.</summary>
    internal double Left(double whole, PruningStep? step) => step is { } one ? one.LeftOf(whole, Of(whole)) : Of(whole);

    /// <summary>A pruned model's measure, and what the steps from this one on will add to it.</summary>
    internal double Reached(Model model, PruningContext context, PruningStep? step) =>
        Measure.Of(model, context) + (Measure.RoomForStep * (step is { } one ? one.Count - one.Number + 1 : 1));
}
