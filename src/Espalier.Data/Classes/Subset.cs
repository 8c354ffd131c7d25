using Espalier.Imaging;
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

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => _source.Notes;

    /// <inheritdoc/>
    public ImageDecodingOptions? Decoding => _source.Decoding;

    /// <summary>Selects at most so many samples: the first, or, where the data is grouped by class as folders are, a random sample of all classes in the data's order.</summary>
    /// <param name="source">The data set.</param>
    /// <param name="count">Maximum number of samples.</param>
    /// <param name="seed">Random seed of the sample.</param>
    public static IDataset Limit(IDataset source, int count, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        return count >= source.Count ? source : new Subset(source, SampleSelection.Limit(source, count, seed));
    }

    /// <summary>Splits a data set at random into two parts without common samples; both keep the data set's order.</summary>
    /// <param name="source">The data set to split.</param>
    /// <param name="share">Fraction of the samples in the second part, between 0 and 1; each part gets at least one sample.</param>
    /// <param name="seed">Random seed; equal seeds give the same split.</param>
    /// <param name="stratified">Whether the second part has this fraction of each class, up to rounding, rather than of all samples together.</param>
    /// <exception cref="ArgumentException">There are fewer than two samples, or the share is not from 0 to 1.</exception>
    public static (Subset Larger, Subset Smaller) Split(IDataset source, double share, ulong seed, bool stratified = false)
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
        int[] drawn = stratified ? SampleSelection.Stratified(source, second, random) : SampleSelection.Random(source, second, random);
        var held = drawn.ToHashSet();
        return (new Subset(source, Enumerable.Range(0, source.Count).Where(index => !held.Contains(index))), new Subset(source, drawn));
    }

    /// <inheritdoc/>
    public int LabelOf(int index) => _source.LabelOf(_indices[index]);

    /// <inheritdoc/>
    public string NameOf(int index) => _source.NameOf(_indices[index]);

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels) => _source.Read(_indices[index], pixels);
}
