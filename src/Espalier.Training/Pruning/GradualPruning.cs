using System.Globalization;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Pruning of weights during training: at regular steps, the sparsity is raised along a cubic schedule (Zhu and Gupta 2017, "To prune, or not to prune").</summary>
/// <remarks>
/// Criteria that need gradients use those of the preceding step. With <see cref="WeightPruning.Branches"/> the model to train must be the result of <see cref="BranchPruning.MergeBranchChains"/>, and the criterion may need only the weights:
/// folded layers have no gradients, and random scores would change at every pruning step. The best model is chosen among those after the last pruning step.
/// </remarks>
/// <param name="Weights">The scopes, pattern and criterion of the pruning; its target is replaced by that of the schedule.</param>
/// <param name="Sparsity">The final sparsity of these weights, from 0 to 1, including weights that were masked before.</param>
public sealed record GradualPruning(WeightPruning Weights, double Sparsity) : ITrainingExtension
{
    private const double UsualEnd = 0.75; // the last quarter of the epochs is left for recovery

    /// <summary>The epoch at whose beginning pruning starts, counted from 0; may be fractional.</summary>
    public double From { get; init; }

    /// <summary>The epoch at whose beginning pruning ends, at most the number of epochs; <see langword="null"/> for three quarters of the epochs.</summary>
    public double? Until { get; init; }

    /// <summary>The number of steps between two pruning steps; Zhu and Gupta use 100 to 1000. The last pruning step is always at the end.</summary>
    public int Every { get; init; } = 100;

    /// <summary>Receives every pruning step, on the trainer's thread; <see langword="null"/> for none. It is no setting.</summary>
    internal Action<GradualPruningStep>? Pruned { get; init; }

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

    /// <summary>The first and the last step after which weights are pruned, counted from 1.</summary>
    /// <param name="epochs">The number of epochs of the training run.</param>
    /// <param name="stepsPerEpoch">The number of batches in an epoch of the data.</param>
    /// <exception cref="ArgumentException">The epochs, the sparsity or the interval is out of range.</exception>
    internal (long First, long Last) Span(int epochs, int stepsPerEpoch)
    {
        double until = Until ?? Math.Max(From, UsualEnd * epochs);
        if (!(From >= 0 && until >= From && until <= epochs && Sparsity is >= 0 and <= 1 && Every >= 1))
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"Expected pruning from an epoch of at least 0 until an epoch between that and {epochs}, a sparsity from 0 to 1 and at least 1 step between pruning steps; found epochs {From} to {until}, sparsity {Sparsity} and {Every} steps."));
        }

        long last = Math.Max(1, (long)Math.Round(until * stepsPerEpoch));
        return (Math.Clamp((long)Math.Round(From * stepsPerEpoch), 1, last), last);
    }

    /// <summary>Returns all settings in one line, as they are recorded in the lineage.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Sparsity:0.####} of {Weights.Pattern} by {Weights.Criterion.Name} L{Weights.Norm} {(Weights.IsGlobal ? "globally" : Weights.Distribution.ToString())}, epochs {From} to {(Until is double until ? until : "three quarters")}, every {Every} steps, scope '{string.Join(' ', Weights.Scopes)}', but '{string.Join(' ', Weights.Exclude)}', stem {Weights.IncludesStem}, depthwise {Weights.IncludesDepthwise}, classifier {Weights.IncludesClassifier}, seed {Weights.Seed}{(Weights.Branches ? ", branches together" : "")}");
}
