namespace Espalier.Training;

/// <summary>The loss and accuracy of a model on a data set that it is not trained on.</summary>
/// <param name="Loss">The mean cross-entropy per image.</param>
/// <param name="Accuracy">The top-1 accuracy: the fraction of images whose class has the largest logit, from 0 to 1.</param>
public readonly record struct Evaluation(double Loss, double Accuracy)
{
    /// <summary>The value where no evaluation was made: NaN for both.</summary>
    public static Evaluation None => new(double.NaN, double.NaN);
}
