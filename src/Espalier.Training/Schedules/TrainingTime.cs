namespace Espalier.Training;

/// <summary>A moment of a training.</summary>
/// <param name="Step">The optimizer's step, from 0 on.</param>
/// <param name="StepsPerEpoch">Steps of one pass over the data, at least 1.</param>
/// <param name="TotalSteps">Steps of the whole training, at least 1.</param>
public readonly record struct TrainingTime(long Step, long StepsPerEpoch, long TotalSteps)
{
    /// <summary>The epoch that the step belongs to, from 0 on.</summary>
    public long Epoch => Step / StepsPerEpoch;

    /// <summary>How many epochs have passed, parts of one included.</summary>
    public double Epochs => (double)Step / StepsPerEpoch;
}
