using Espalier.Data;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Accumulates the accuracy and cross-entropy of a classifier.</summary>
/// <param name="data">The images, with the classifier's outputs as classes.</param>
internal sealed class EvaluationTally(MatchedDataset data)
{
    private const int Top = 5;

    private double _loss;

    /// <summary>The number of images.</summary>
    internal int Count { get; private set; }

    /// <summary>The number of images whose class has the largest logit.</summary>
    internal int Top1Correct { get; private set; }

    /// <summary>The number of images whose class is among the five largest logits.</summary>
    internal int Top5Correct { get; private set; }

    /// <summary>The mean cross-entropy in nats: −ln of the predicted probability of the true class.</summary>
    internal double Loss => _loss / Count;

    /// <summary>The top-1 accuracy, from 0 to 1.</summary>
    internal double Accuracy => (double)Top1Correct / Count;

    /// <summary>Adds one image; an image without a label is ignored.</summary>
    /// <param name="logits">The logits, one per output.</param>
    /// <param name="index">The index of the image in the data.</param>
    /// <returns>The number of classes ranked before the true one, or <see langword="null"/> for an image without a label.</returns>
    /// <exception cref="EspalierException">The logits are not finite.</exception>
    internal int? Add(ReadOnlySpan<float> logits, int index)
    {
        if (Measure(logits, index) is not (double loss, int rank))
        {
            return null;
        }

        Add(loss, rank);
        return rank;
    }

    /// <summary>Adds one measured image.</summary>
    /// <param name="loss">Its cross-entropy.</param>
    /// <param name="rank">The number of classes ranked before the true one.</param>
    internal void Add(double loss, int rank)
    {
        Count++;
        Top1Correct += rank == 0 ? 1 : 0;
        Top5Correct += rank < Top ? 1 : 0;
        _loss += loss;
    }

    /// <summary>The cross-entropy of an image and the number of classes ranked before the true one; <see langword="null"/> for an image without a label.</summary>
    /// <exception cref="EspalierException">The logits are not finite.</exception>
    internal (double Loss, int Rank)? Measure(ReadOnlySpan<float> logits, int index)
    {
        if (NonFinite.IndexOf(logits) is int at and >= 0)
        {
            throw new EspalierException(FormattableString.Invariant($"the logit of class {at} is {logits[at]}, which cannot be evaluated; expected a finite value"));
        }

        int truth = data.LabelOf(index);
        if (truth < 0)
        {
            return null;
        }

        return (CrossEntropy(logits, truth), Rank(logits, truth));
    }

    /// <summary>The number of classes ranked before the true one; of equal logits the one of the lower index ranks first.</summary>
    private static int Rank(ReadOnlySpan<float> logits, int truth)
    {
        int before = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            bool after = logits[i] < logits[truth] || (logits[i] == logits[truth] && i >= truth);
            before += after ? 0 : 1;
        }

        return before;
    }

    /// <summary>ln Σeˣ − x of the true class, without overflow for large logits.</summary>
    internal static double CrossEntropy(ReadOnlySpan<float> logits, int truth)
    {
        double greatest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            greatest = Math.Max(greatest, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - greatest);
        }

        return Math.Log(sum) + greatest - logits[truth];
    }
}
