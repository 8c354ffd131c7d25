namespace Espalier.Training;

/// <summary>How good a model is on images it does not learn from.</summary>
/// <param name="Loss">The mean cross-entropy.</param>
/// <param name="Accuracy">The share of images whose class has the greatest logit, from 0 to 1.</param>
public readonly record struct Evaluation(double Loss, double Accuracy)
{
    /// <summary>Not measured.</summary>
    public static Evaluation None => new(double.NaN, double.NaN);
}
