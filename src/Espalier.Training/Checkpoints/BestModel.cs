using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>The best model so far and how long it has been the best.</summary>
/// <param name="Model">The model, or <see langword="null"/> before the first validation.</param>
/// <param name="Epoch">Its epoch, from 1 on.</param>
/// <param name="Evaluation">Its validation.</param>
/// <param name="Waited">Validations since.</param>
public sealed record BestModel(Model? Model, int Epoch, Evaluation Evaluation, int Waited)
{
    /// <summary>Before the first validation.</summary>
    public static BestModel None { get; } = new(null, 0, Evaluation.None, 0);

    /// <summary>The best after one more validation; the loss decides between equal accuracies.</summary>
    public BestModel After(Model model, int epoch, Evaluation evaluation)
    {
        bool better = Model is null
            || evaluation.Accuracy > Evaluation.Accuracy
            || (evaluation.Accuracy == Evaluation.Accuracy && evaluation.Loss < Evaluation.Loss);
        return better ? new BestModel(model, epoch, evaluation, 0) : this with { Waited = Waited + 1 };
    }
}
