namespace Espalier.Training;

/// <summary>The learning rate falls along half a cosine, at every step, to its end at the last: PyTorch's <c>CosineAnnealingLR</c> over all steps.</summary>
/// <param name="End">The factor it ends at.</param>
public sealed record CosineSchedule(double End = 0) : Schedule
{
    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time) => End + ((1 - End) * Cosine((double)time.Step / time.TotalSteps));
}
