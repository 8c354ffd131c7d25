using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The learning rate is multiplied by a factor at given epochs, as in the ResNet papers and in PyTorch's <c>MultiStepLR</c>.</summary>
/// <param name="Milestones">The epochs, counted from 0, at whose beginning the learning rate decreases.</param>
/// <param name="Gamma">The factor at each milestone.</param>
public sealed record MultiStepSchedule(ValueList<int> Milestones, double Gamma = 0.1) : Schedule
{
    /// <inheritdoc/>
    public override double FactorAt(TrainingTime time) => Math.Pow(Gamma, Milestones.Count(milestone => milestone <= time.Epoch));
}
