namespace Espalier.Training;

/// <summary>The learning rate falls by a factor every few epochs: PyTorch's <c>StepLR</c>.</summary>
/// <param name="Every">Epochs between two falls, at least 1.</param>
/// <param name="Gamma">The factor of each fall.</param>
public sealed record StepSchedule(int Every, double Gamma = 0.1) : Schedule
{
    /// <summary>Epochs between two falls, at least 1.</summary>
    public int Every { get; init; } = Every >= 1 ? Every : throw new ArgumentOutOfRangeException(nameof(Every), Every, "Expected at least 1 epoch between two falls.");

    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time) => Math.Pow(Gamma, time.Epoch / Every);
}
