namespace Espalier;

/// <summary>How many images of each class were taken for each class. Only pairs that occur take memory.</summary>
public sealed class ConfusionMatrix
{
    private readonly Dictionary<(int Truth, int Predicted), int> _counts;

    internal ConfusionMatrix(int classes, Dictionary<(int Truth, int Predicted), int> counts) => (ClassCount, _counts) = (classes, counts);

    /// <summary>Rows and columns.</summary>
    public int ClassCount { get; }

    /// <summary>Images of one class that were taken for another, or for itself.</summary>
    /// <param name="truth">The images' class.</param>
    /// <param name="predicted">The class with the greatest logit.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public int this[int truth, int predicted]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)truth, (uint)ClassCount, nameof(truth));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)predicted, (uint)ClassCount, nameof(predicted));
            return _counts.GetValueOrDefault((truth, predicted));
        }
    }

    /// <summary>The confusions, the most frequent first: different classes of which one was taken for the other.</summary>
    public IEnumerable<(int Truth, int Predicted, int Count)> Confusions => _counts
        .Where(pair => pair.Key.Truth != pair.Key.Predicted)
        .OrderByDescending(pair => pair.Value)
        .ThenBy(pair => pair.Key)
        .Select(pair => (pair.Key.Truth, pair.Key.Predicted, pair.Value));
}
