using System.Globalization;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Pruning of weights while a network is trained: more and more of them by the cubic schedule, in events some steps apart, so that what is left can take over (Zhu and Gupta 2017, "To prune, or not to prune").</summary>
/// <remarks>
/// Criteria that need gradients take those of the step before. With <see cref="WeightPruning.Branches"/> the model that is trained has to come from <see cref="BranchPruning.MergeBranchChains"/>, and the criterion may need nothing:
/// folded layers have no gradients, and what is drawn at random would be drawn anew at every event. The best model is looked for once pruning has ended.
/// </remarks>
/// <param name="Weights">Which weights and by what they are ranked; the target is the schedule's.</param>
/// <param name="Sparsity">The share of those weights that are removed in the end, from 0 to 1; what masks have removed before counts.</param>
public sealed record GradualPruning(WeightPruning Weights, double Sparsity) : ITrainingExtension
{
    private const double UsualEnd = 0.75; // a quarter of the training is left to recover

    /// <summary>The epoch, from 0 on, at whose beginning it starts; may have a fraction.</summary>
    public double From { get; init; }

    /// <summary>The epoch at whose beginning it ends, at most the number of epochs; <see langword="null"/> for three quarters of the training.</summary>
    public double? Until { get; init; }

    /// <summary>Steps from one event to the next; Zhu and Gupta take 100 to 1000. The last event is where it ends in any case.</summary>
    public int Every { get; init; } = 100;

    /// <inheritdoc/>
    public string Name => "pruning";

    /// <inheritdoc/>
    public ValueList<LineageSetting> Settings => [new(SettingNames.Pruning, ToString())];

    /// <inheritdoc/>
    public TrainingHooks Begin(TrainingContext training)
    {
        ArgumentNullException.ThrowIfNull(training);
        return new GradualPruner(this, training);
    }

    /// <summary>The first and the last step after which it prunes, counted from 1 on.</summary>
    /// <param name="epochs">Of the training.</param>
    /// <param name="stepsPerEpoch">Of the data.</param>
    /// <exception cref="ArgumentException">It does not lie within the training, or sparsity or interval are out of range.</exception>
    internal (long First, long Last) Span(int epochs, int stepsPerEpoch)
    {
        double until = Until ?? Math.Max(From, UsualEnd * epochs);
        if (!(From >= 0 && until >= From && until <= epochs && Sparsity is >= 0 and <= 1 && Every >= 1))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Pruning goes from an epoch from 0 on until one from there to {epochs}, to a sparsity from 0 to 1, with at least 1 step between events; found {From}, {until}, {Sparsity} and {Every}."));
        }

        long last = Math.Max(1, (long)Math.Round(until * stepsPerEpoch));
        return (Math.Clamp((long)Math.Round(From * stepsPerEpoch), 1, last), last);
    }

    /// <summary>All settings in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Sparsity:0.####} of {Weights.Pattern} by {Weights.Criterion.Name} L{Weights.Norm} {(Weights.IsGlobal ? "globally" : Weights.Distribution.ToString())}, epochs {From} to {(Until is double until ? until : "three quarters")}, every {Every} steps, scope '{string.Join(' ', Weights.Scopes)}', but '{string.Join(' ', Weights.Exclude)}', stem {Weights.IncludesStem}, depthwise {Weights.IncludesDepthwise}, classifier {Weights.IncludesClassifier}, seed {Weights.Seed}{(Weights.Branches ? ", branches together" : "")}");
}
