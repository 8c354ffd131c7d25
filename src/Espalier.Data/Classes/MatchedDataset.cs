using Espalier.Data.Datasets;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>A data set whose classes are the outputs of a network: made by <see cref="OutputClasses.Match(IDataset, ClassRule)"/>, and what everything takes that compares outputs with classes.</summary>
public sealed class MatchedDataset : IDataset
{
    private readonly IDataset _source;
    private readonly ClassMatch _match;

    internal MatchedDataset(IDataset source, ClassMatch match) => (_source, _match) = (source, match);

    /// <summary>The network's outputs, with the labels that they have from here on.</summary>
    public OutputClasses Outputs => _match.Outputs;

    /// <summary>What was assumed about the classes, for people, or <see langword="null"/>.</summary>
    public string? Note => _match.Note;

    /// <summary>How many classes the data has; the network may have more.</summary>
    public int Classes => _source.Labels.Count == 0 ? Outputs.Count : _source.Labels.Count;

    /// <inheritdoc/>
    public int Count => _source.Count;

    /// <summary>The names of the network's outputs; empty where they are not known.</summary>
    public IReadOnlyList<string> Labels => Outputs.Labels;

    /// <inheritdoc/>
    public Shape? SampleShape => _source.SampleShape;

    /// <summary>Data sets one after another, each matched by its own names; a network without labels gets those of the first.</summary>
    /// <param name="outputs">The network's outputs.</param>
    /// <param name="parts">At least one.</param>
    /// <param name="rule">How classes are found.</param>
    /// <exception cref="ClassMismatchException">The classes of one are not the network's.</exception>
    public static MatchedDataset Join(OutputClasses outputs, IEnumerable<IDataset> parts, ClassRule rule = ClassRule.Name)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        var matched = new List<MatchedDataset>();
        foreach (IDataset part in parts)
        {
            matched.Add(matched.Count == 0 ? outputs.Match(part, rule) : matched[0].Outputs.Match(part, rule == ClassRule.Order ? ClassRule.Name : rule));
        }

        return matched.Count == 1 ? matched[0] : matched[0].With(new JoinedDataset(matched));
    }

    /// <summary>Some of the samples, in an order of their own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no sample at a place.</exception>
    public MatchedDataset Select(IEnumerable<int> indices) => With(new Subset(this, indices));

    /// <summary>The first samples, or all where there are not so many.</summary>
    public MatchedDataset First(int count) => count >= Count ? this : Select(Enumerable.Range(0, count));

    /// <summary>The output that stands for a sample's class, or −1 where the class is not known.</summary>
    /// <exception cref="ClassMismatchException">The sample is of a class that the network does not have.</exception>
    public int LabelOf(int index)
    {
        int label = _source.LabelOf(index);
        return label < 0 ? -1
            : label < _match.Places.Length ? _match.Places[label]
            : throw new ClassMismatchException($"{_source.NameOf(index)} is of class {label}, but the network has {Outputs.Count} outputs, 0 to {Outputs.Count - 1}");
    }

    /// <inheritdoc/>
    public string NameOf(int index) => _source.NameOf(index);

    /// <inheritdoc/>
    public void Read(int index, PixelBuffer pixels) => _source.Read(index, pixels);

    /// <summary>Samples that have the network's classes already.</summary>
    private MatchedDataset With(IDataset matched) => new(matched, new ClassMatch(Outputs, [.. Enumerable.Range(0, Outputs.Count)], Note));
}
