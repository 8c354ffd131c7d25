using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>A data set whose classes are the outputs of a network, created by <see cref="OutputClasses.Match(IDataset, ClassRule)"/>. Evaluation and training require one, because they compare outputs with classes.</summary>
public sealed class MatchedDataset : IDataset
{
    private readonly IDataset _source;
    private readonly ClassMatch _match;

    internal MatchedDataset(IDataset source, ClassMatch match)
        : this(source, match, source.Labels)
    {
    }

    private MatchedDataset(IDataset source, ClassMatch match, IReadOnlyList<string> classNames) => (_source, _match, ClassNames) = (source, match, classNames);

    /// <summary>The network's outputs, with their labels after matching.</summary>
    public OutputClasses Outputs => _match.Outputs;

    /// <summary>A message for users about assumptions made when matching, or <see langword="null"/>.</summary>
    public string? Note => _match.Note;

    /// <summary>The data's own names of its classes, in order; empty where they are unknown. The network may have more classes.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <inheritdoc/>
    public int Count => _source.Count;

    /// <summary>The names of the network's outputs; empty where they are unknown.</summary>
    public IReadOnlyList<string> Labels => Outputs.Labels;

    /// <inheritdoc/>
    public Shape? SampleShape => _source.SampleShape;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => _source.Notes;

    /// <inheritdoc/>
    public ImageDecodingOptions? Decoding => _source.Decoding;

    /// <summary>Concatenates data sets, each matched by its own names.</summary>
    /// <param name="outputs">The network's outputs. If they have no labels, the first part with as many classes gives them names.</param>
    /// <param name="parts">The data sets; at least one.</param>
    /// <param name="rule">How classes are matched.</param>
    /// <exception cref="ClassMismatchException">The classes of a part are not the network's.</exception>
    public static MatchedDataset Join(OutputClasses outputs, IReadOnlyList<IDataset> parts, ClassRule rule = ClassRule.Name)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 1)
        {
            return outputs.Match(parts[0], rule);
        }

        IDataset naming = parts.FirstOrDefault(part => part.Labels.Count == outputs.Count) ?? parts[0];
        ClassMatch named = outputs.Match(naming.Labels, rule);
        ClassRule others = rule == ClassRule.Order ? ClassRule.Name : rule;
        string[] names = [.. naming.Labels.Union(parts.SelectMany(part => part.Labels))];
        string? note = outputs.Labels.Count == 0 ? named.Note : named.Outputs.Match(names, others).Note;
        var joined = new JoinedDataset(parts.Select(part => named.Outputs.Match(part, others)));
        return new MatchedDataset(joined, Identity(named.Outputs, note), names);
    }

    /// <summary>Throws if a model's outputs are not those that the data was matched to.</summary>
    /// <exception cref="ClassMismatchException">The model has other labels, or a different number of outputs.</exception>
    public void Require(Model model)
    {
        OutputClasses its = OutputClasses.Of(model);
        if (its.Count != Outputs.Count || (its.Labels.Count > 0 && !its.Labels.SequenceEqual(Labels, StringComparer.Ordinal)))
        {
            throw new ClassMismatchException($"the data was matched to a model with the outputs {ClassNameList.Of(Labels, Outputs.Count)}, but this one has {ClassNameList.Of(its.Labels, its.Count)}");
        }
    }

    /// <summary>The samples at the given indices, in the given order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public MatchedDataset Select(IEnumerable<int> indices) => With(new Subset(this, indices));

    /// <summary>At most so many samples: the first, or, where the data is grouped by class as folders are, a random sample of all classes in the data's order.</summary>
    /// <param name="count">Maximum number of samples.</param>
    /// <param name="seed">Random seed of the sample.</param>
    public MatchedDataset Limit(int count, ulong seed = 0) => count >= Count ? this : Select(SampleSelection.Limit(this, count, seed));

    /// <summary>The index of the output that is a sample's class, or −1 where the class is unknown.</summary>
    /// <exception cref="ClassMismatchException">The network has no output for the sample's class.</exception>
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

    /// <summary>Wraps samples whose classes are already the network's outputs.</summary>
    private MatchedDataset With(IDataset matched) => new(matched, Identity(Outputs, Note), ClassNames);

    private static ClassMatch Identity(OutputClasses outputs, string? note) => new(outputs, [.. Enumerable.Range(0, outputs.Count)], note);
}
