namespace Espalier;

/// <summary>The number of images for each pair of true and predicted class, stored sparsely.</summary>
public sealed class ConfusionMatrix
{
    private readonly Dictionary<(int Truth, int Predicted), int> _counts;

    internal ConfusionMatrix(int classes, Dictionary<(int Truth, int Predicted), int> counts) => (ClassCount, _counts) = (classes, counts);

    /// <summary>The number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>The number of images of class <paramref name="truth"/> that were predicted as class <paramref name="predicted"/>.</summary>
    /// <param name="truth">The index of the true class.</param>
    /// <param name="predicted">The index of the class with the largest logit.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in [0, <see cref="ClassCount"/>).</exception>
    public int this[int truth, int predicted]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)truth, (uint)ClassCount, nameof(truth));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)predicted, (uint)ClassCount, nameof(predicted));
            return _counts.GetValueOrDefault((truth, predicted));
        }
    }

    /// <summary>The pairs of different true and predicted classes that occurred, the most frequent first.</summary>
    public IEnumerable<(int Truth, int Predicted, int Count)> Confusions => _counts
        .Where(pair => pair.Key.Truth != pair.Key.Predicted)
        .OrderByDescending(pair => pair.Value)
        .ThenBy(pair => pair.Key)
        .Select(pair => (pair.Key.Truth, pair.Key.Predicted, pair.Value));
}
