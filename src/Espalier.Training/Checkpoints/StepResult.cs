namespace Espalier.Training;

/// <summary>The loss and the number of correct predictions of one step.</summary>
/// <param name="Loss">The mean loss per image of the batch.</param>
/// <param name="Correct">The number of correctly classified images.</param>
internal readonly record struct StepResult(double Loss, int Correct)
{
    public static StepResult operator +(StepResult a, StepResult b) => new(a.Loss + b.Loss, a.Correct + b.Correct);
}
