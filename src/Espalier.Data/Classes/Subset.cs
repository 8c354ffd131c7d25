using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Some samples of a data set, in any order.</summary>
public sealed class Subset : IDataset
{
    private readonly IDataset _source;
    private readonly int[] _indices;

    /// <summary>Selects the samples at the given indices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public Subset(IDataset source, IEnumerable<int> indices)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _indices = [.. indices];
        foreach (int index in _indices)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(indices));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, source.Count, nameof(indices));
        }
    }

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _source.Labels;

    /// <inheritdoc/>
    public Shape? SampleShape => _source.SampleShape;

    /// <summary>Selects the first samples, or all where there are fewer.</summary>
    public static IDataset First(IDataset source, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        return count >= source.Count ? source : new Subset(source, Enumerable.Range(0, count));
    }

    /// <summary>Splits a data set at random into two parts without common samples; both keep the data set's order.</summary>
    /// <param name="source">The data set to split.</param>
    /// <param name="share">Fraction of the samples in the second part, between 0 and 1; each part gets at least one sample.</param>
    /// <param name="seed">Random seed; equal seeds give the same split.</param>
    /// <exception cref="ArgumentException">There are fewer than two samples, or the share is not from 0 to 1.</exception>
    public static (Subset Larger, Subset Smaller) Split(IDataset source, double share, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Count < 2)
        {
            throw new ArgumentException($"A data set of {source.Count} samples cannot be split.", nameof(source));
        }

        if (share is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "Expected a share from 0 to 1.");
        }

        CounterRandom random = new CounterRandom(seed).Stream("split");
        int second = Math.Clamp((int)Math.Round(source.Count * share), 1, source.Count - 1);
        int[] drawn = [.. Enumerable.Range(0, source.Count).OrderBy(index => random.Bits((ulong)index)).ThenBy(index => index)];
        return (new Subset(source, drawn[second..].Order()), new Subset(source, drawn[..second].Order()));
    }

    /// <inheritdoc/>
    public int LabelOf(int index) => _source.LabelOf(_indices[index]);

    /// <inheritdoc/>
    public string NameOf(int index) => _source.NameOf(_indices[index]);

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels) => _source.Read(_indices[index], pixels);
}
