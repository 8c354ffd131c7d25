using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>The best model so far by validation, and the number of validations since.</summary>
/// <param name="Model">The model, or <see langword="null"/> before the first validation.</param>
/// <param name="Epoch">The epoch after which it was validated, counted from 1; 0 before the first validation.</param>
/// <param name="Evaluation">Its validation loss and accuracy.</param>
/// <param name="EpochsWithoutImprovement">The number of validations since then without a better model.</param>
public sealed record BestModel(Model? Model, int Epoch, Evaluation Evaluation, int EpochsWithoutImprovement)
{
    /// <summary>The value before the first validation: no model, epoch 0.</summary>
    public static BestModel None { get; } = new(null, 0, Evaluation.None, 0);

    /// <summary>Returns the better of this model and a newly validated one: the one with the higher accuracy or, at equal accuracy, the lower loss.</summary>
    public BestModel After(Model model, int epoch, Evaluation evaluation)
    {
        bool better = Model is null
            || evaluation.Accuracy > Evaluation.Accuracy
            || (evaluation.Accuracy == Evaluation.Accuracy && evaluation.Loss < Evaluation.Loss);
        return better ? new BestModel(model, epoch, evaluation, 0) : this with { EpochsWithoutImprovement = EpochsWithoutImprovement + 1 };
    }
}
