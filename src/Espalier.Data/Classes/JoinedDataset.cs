using System.Collections.Immutable;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The concatenation of several data sets with the same classes.</summary>
public sealed class JoinedDataset : IDataset
{
    private readonly ImmutableArray<IDataset> _parts;
    private readonly int[] _starts; // each part's first index

    /// <summary>Concatenates data sets.</summary>
    /// <param name="parts">The data sets, at least one, all with the same classes in the same order; <see cref="MatchedDataset.Join"/> also accepts different orders.</param>
    /// <exception cref="ClassMismatchException">The parts have different classes.</exception>
    public JoinedDataset(params IEnumerable<IDataset> parts)
    {
        _parts = [.. parts];
        if (_parts.IsEmpty)
        {
            throw new ArgumentException("At least one data set is needed.", nameof(parts));
        }

        if (_parts.FirstOrDefault(part => !part.Labels.SequenceEqual(_parts[0].Labels, StringComparer.Ordinal)) is IDataset other)
        {
            throw new ClassMismatchException($"data sets with the classes {ClassNameList.Of(_parts[0].Labels)} and {ClassNameList.Of(other.Labels)} cannot be joined: their class indices have different meanings");
        }

        _starts = new int[_parts.Length];
        for (int i = 0; i < _parts.Length; i++)
        {
            _starts[i] = Count;
            Count = checked(Count + _parts[i].Count);
        }

        SampleShape = _parts.All(part => part.SampleShape == _parts[0].SampleShape) ? _parts[0].SampleShape : null;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Labels => _parts[0].Labels;

    /// <inheritdoc/>
    public Shape? SampleShape { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => [.. _parts.SelectMany(part => part.Notes).Distinct()];

    /// <inheritdoc/>
    public ImageDecodingOptions? Decoding => _parts.Select(part => part.Decoding).FirstOrDefault(decoding => decoding is not null);

    /// <inheritdoc/>
    public int LabelOf(int index) => Find(index, out int place).LabelOf(place);

    /// <inheritdoc/>
    public string NameOf(int index) => Find(index, out int place).NameOf(place);

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels) => Find(index, out int place).Read(place, pixels);

    private IDataset Find(int index, out int place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        int part = _starts.Length - 1;
        while (_starts[part] > index)
        {
            part--;
        }

        place = index - _starts[part];
        return _parts[part];
    }
}
