namespace Espalier.Training;

/// <summary>The learning rate is multiplied by a factor every few epochs, as PyTorch's <c>StepLR</c>.</summary>
/// <param name="Every">The number of epochs between two decreases, at least 1.</param>
/// <param name="Gamma">The factor of each decrease.</param>
public sealed record StepSchedule(int Every, double Gamma = 0.1) : Schedule
{
    /// <summary>The number of epochs between two decreases, at least 1.</summary>
    public int Every { get; init; } = Every >= 1 ? Every : throw new ArgumentOutOfRangeException(nameof(Every), Every, "Expected at least 1 epoch between two decreases.");

    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time) => Math.Pow(Gamma, time.Epoch / Every);
}
