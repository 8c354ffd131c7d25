namespace Espalier.Training;

/// <summary>Linear warm-up before another schedule: in the first epochs, the factor of the other schedule is multiplied by a value that rises linearly to 1 (Goyal 2017, "Accurate, large minibatch SGD", §2.2), as PyTorch's <c>LinearLR</c> with <c>ChainedScheduler</c>.</summary>
/// <param name="Then">The other schedule. It is evaluated at the same step, so its milestones are not shifted.</param>
/// <param name="Epochs">The length of the warm-up in epochs; may be fractional.</param>
/// <param name="Start">The initial value of the warm-up, at least 0.</param>
public sealed record WarmUpSchedule(Schedule Then, double Epochs, double Start = 0.01) : Schedule
{
    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time)
    {
        double progress = Epochs <= 0 ? 1 : Math.Min(1, time.Epochs / Epochs);
        return Then.FactorAt(time) * (Start + ((1 - Start) * progress));
    }

    /// <inheritdoc/>
    public override double? MomentumAt(TrainingTime time) => Then.MomentumAt(time);
}
