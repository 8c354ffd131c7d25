using System.Collections.Immutable;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>Several data sets with the same classes, one after another.</summary>
public sealed class JoinedDataset : IDataset
{
    private readonly ImmutableArray<IDataset> _parts;
    private readonly int[] _starts; // each part's first index

    /// <summary>Joins data sets.</summary>
    /// <param name="parts">At least one, all with the same classes in the same order; <see cref="MatchedDataset.Join"/> joins those that have them in another.</param>
    /// <exception cref="ClassMismatchException">They have other classes.</exception>
    public JoinedDataset(params IEnumerable<IDataset> parts)
    {
        _parts = [.. parts];
        if (_parts.IsEmpty)
        {
            throw new ArgumentException("Nothing to join.", nameof(parts));
        }

        if (_parts.FirstOrDefault(part => !part.Labels.SequenceEqual(_parts[0].Labels, StringComparer.Ordinal)) is IDataset other)
        {
            throw new ClassMismatchException($"data sets of the classes {ClassNameList.Of(_parts[0].Labels)} and of {ClassNameList.Of(other.Labels)} are not joined: their numbers do not mean the same");
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
