namespace Espalier.Training;

/// <summary>The learning rate never changes.</summary>
public sealed record ConstantSchedule : Schedule
{
    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time) => 1;
}
