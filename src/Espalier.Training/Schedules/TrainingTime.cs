namespace Espalier.Training;

/// <summary>A step of a training run, the argument of a <see cref="Schedule"/>.</summary>
/// <param name="Step">The index of the optimizer step, from 0.</param>
/// <param name="StepsPerEpoch">The number of steps in an epoch, at least 1.</param>
/// <param name="TotalSteps">The number of steps of the whole training run, at least 1.</param>
public readonly record struct TrainingTime(long Step, long StepsPerEpoch, long TotalSteps)
{
    /// <summary>The index of the epoch that the step belongs to, from 0.</summary>
    public long Epoch => Step / StepsPerEpoch;

    /// <summary>The number of epochs before the step, including the fraction of the current one.</summary>
    public double Epochs => (double)Step / StepsPerEpoch;
}
