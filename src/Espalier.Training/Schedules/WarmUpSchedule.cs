namespace Espalier.Training;

/// <summary>Another schedule whose beginning is softened: the factor rises along a line to the other's own (Goyal 2017, "Accurate, large minibatch SGD", §2.2). PyTorch's <c>LinearLR</c>, chained.</summary>
/// <param name="Then">The schedule. Its clock runs from the training's first step, so milestones keep their epochs.</param>
/// <param name="Epochs">How long the rise takes; may be a part of an epoch.</param>
/// <param name="Start">The share of the factor that it begins with, from 0 on.</param>
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
