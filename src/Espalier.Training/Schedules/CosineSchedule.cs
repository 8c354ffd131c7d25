namespace Espalier.Training;

/// <summary>The learning rate decreases at every step along half a cosine, as PyTorch's <c>CosineAnnealingLR</c> over all steps.</summary>
/// <param name="End">The factor at the end.</param>
public sealed record CosineSchedule(double End = 0) : Schedule
{
    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time) => End + ((1 - End) * Cosine((double)time.Step / time.TotalSteps));
}
