using Espalier.Data;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Counts how often a classifier is right, and how sure it was of the truth.</summary>
/// <param name="data">The images, with the classifier's outputs as classes.</param>
internal sealed class EvaluationTally(MatchedDataset data)
{
    private const int Top = 5;

    private double _loss;

    /// <summary>Images counted.</summary>
    internal int Count { get; private set; }

    /// <summary>Images whose class has the greatest logit.</summary>
    internal int Top1Correct { get; private set; }

    /// <summary>Images whose class is among the five greatest logits.</summary>
    internal int Top5Correct { get; private set; }

    /// <summary>The mean cross-entropy in nats: −ln of the probability that the network gives the truth.</summary>
    internal double Loss => _loss / Count;

    /// <summary>Images whose class has the greatest logit, as a share of those counted.</summary>
    internal double Accuracy => (double)Top1Correct / Count;

    /// <summary>Counts one image; nothing where its class is not known.</summary>
    /// <param name="logits">One for each output.</param>
    /// <param name="index">The image's place in the data.</param>
    /// <returns>How many classes come before the true one, or <see langword="null"/>.</returns>
    /// <exception cref="EspalierException">The logits are not finite: such an answer is neither right nor wrong.</exception>
    internal int? Add(ReadOnlySpan<float> logits, int index)
    {
        if (NonFinite.IndexOf(logits) is int at and >= 0)
        {
            throw new EspalierException(FormattableString.Invariant($"the logit of class {at} is {logits[at]}: no answer to count"));
        }

        int truth = data.LabelOf(index);
        if (truth < 0)
        {
            return null;
        }

        int rank = Rank(logits, truth);
        Count++;
        Top1Correct += rank == 0 ? 1 : 0;
        Top5Correct += rank < Top ? 1 : 0;
        _loss += CrossEntropy(logits, truth);
        return rank;
    }

    /// <summary>How many classes come before the true one; of equal logits the earlier class does.</summary>
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

    /// <summary>ln Σeˣ − x of the truth, safe for large logits.</summary>
    private static double CrossEntropy(ReadOnlySpan<float> logits, int truth)
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
