namespace Espalier.Training;

/// <summary>A constant learning rate.</summary>
public sealed record ConstantSchedule : Schedule
{
    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time) => 1;
}
