namespace Espalier.Training;

/// <summary>What one step showed.</summary>
/// <param name="Loss">The mean loss of the batch's images.</param>
/// <param name="Correct">How many of them were recognised.</param>
internal readonly record struct StepResult(double Loss, int Correct)
{
    public static StepResult operator +(StepResult a, StepResult b) => new(a.Loss + b.Loss, a.Correct + b.Correct);
}
