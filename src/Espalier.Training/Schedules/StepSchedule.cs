namespace Espalier.Training;

/// <summary>The learning rate falls by a factor every few epochs: PyTorch's <c>StepLR</c>.</summary>
/// <param name="Every">Epochs between two falls, at least 1.</param>
/// <param name="Gamma">The factor of each fall.</param>
public sealed record StepSchedule(int Every, double Gamma = 0.1) : Schedule
{
    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time) => Math.Pow(Gamma, time.Epoch / Every);
}
