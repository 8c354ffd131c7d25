namespace Espalier.Training;

/// <summary>The steps of a training run: how many there are, and the schedule's values at each.</summary>
/// <param name="options">The options of the run.</param>
/// <param name="perEpoch">The number of steps of an epoch.</param>
internal sealed class TrainingSteps(TrainingOptions options, int perEpoch)
{
    /// <summary>The number of steps of the whole run.</summary>
    internal long Count => (long)options.Epochs * perEpoch;

    /// <summary>The epoch of a step, from 1.</summary>
    internal int EpochOf(long step) => (int)(step / perEpoch) + 1;

    internal double LearningRateAt(long step) => options.LearningRate * options.Schedule.FactorAt(TimeOf(step));

    /// <summary>The momentum of a step, or <see langword="null"/> for that of the optimizer's options.</summary>
    internal double? MomentumAt(long step) => options.Schedule.MomentumAt(TimeOf(step));

    private TrainingTime TimeOf(long step) => new(step, perEpoch, Count);
}
