using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The learning rate falls by a factor at certain epochs, as in the ResNet papers: PyTorch's <c>MultiStepLR</c>.</summary>
/// <param name="Milestones">The epochs, from 0 on, that begin with a lower rate.</param>
/// <param name="Gamma">The factor of each fall.</param>
public sealed record MultiStepSchedule(ValueList<int> Milestones, double Gamma = 0.1) : Schedule
{
    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time) => Math.Pow(Gamma, Milestones.Count(milestone => milestone <= time.Epoch));
}
