using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The classes of a classifier's outputs, and the mapping from a data set's classes to them: <b>classes are matched by name</b>.</summary>
/// <remarks>
/// Equal sets of names are matched in any order, a subset is matched with a note, and unknown names are an error. A network without labels takes the
/// data's classes in their order (<c>ImageFolder</c>'s, for class folders) and gets their names. Sorted WordNet ids (<c>n01440764</c>), as many as there are
/// outputs, are matched in their order with a note, and the labels are kept.
/// </remarks>
public sealed class OutputClasses
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ambiguous = new(StringComparer.Ordinal); // labels that occur twice: ImageNet has two classes "crane"

    /// <summary>Describes the outputs of a classifier.</summary>
    /// <param name="labels">The outputs' names; empty where they are unknown.</param>
    /// <param name="count">Number of outputs.</param>
    /// <exception cref="ClassMismatchException">There are labels, but not one for each output.</exception>
    public OutputClasses(IReadOnlyList<string> labels, int count)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (labels.Count > 0 && labels.Count != count)
        {
            throw new ClassMismatchException($"the model has {labels.Count} labels ({ClassNameList.Of(labels)}) for {count} outputs; expected one for each, or none");
        }

        (Labels, Count) = ([.. labels], count);
        for (int i = 0; i < labels.Count; i++)
        {
            if (!_places.TryAdd(labels[i], i))
            {
                _ambiguous.Add(labels[i]);
            }
        }
    }

    /// <summary>The names of the outputs; empty where they are unknown.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Number of outputs.</summary>
    public int Count { get; }

    /// <summary>The network's name in messages.</summary>
    public string Owner { get; init; } = "the model";

    /// <summary>The outputs of a model, with its labels.</summary>
    /// <exception cref="EspalierException">The model's output is not one value per class, or its labels do not match its outputs.</exception>
    public static OutputClasses Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new OutputClasses(model.Metadata.Labels, CountOf(model));
    }

    /// <summary>The number of a classifier's outputs, regardless of its labels.</summary>
    /// <exception cref="EspalierException">The model's output is not one value per class.</exception>
    public static int CountOf(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Shape output = model.Graph.ShapeOf(model.Graph.Outputs[0]);
        return output.Rank == 1
            ? output[0]
            : throw new EspalierException($"{(model.Metadata.Architecture.Length > 0 ? model.Metadata.Architecture : "the network")} is not a classifier: its output has shape {output}, expected one value per class");
    }

    /// <summary>Finds the outputs of the given classes.</summary>
    /// <param name="names">The classes' names, in the order of their indices.</param>
    /// <param name="rule">How classes are matched.</param>
    /// <param name="source">The name that messages use for the owner of those classes.</param>
    /// <exception cref="ClassMismatchException">The classes are not this network's; the message names both.</exception>
    public ClassMatch Match(IReadOnlyList<string> names, ClassRule rule = ClassRule.Name, string source = "the data")
    {
        ArgumentNullException.ThrowIfNull(names);
        return rule switch
        {
            ClassRule.Number => ByNumber(names, source),
            ClassRule.Order => ByOrder(names, source),
            ClassRule.Name when Labels.Count == 0 => Unnamed(names, source),
            ClassRule.Name => ByName(names, source),
            _ => throw new ArgumentOutOfRangeException(nameof(rule)),
        };
    }

    /// <summary>Wraps a data set so that its classes are the network's outputs.</summary>
    /// <param name="data">The images. Where the data set has no names of classes, its class indices are taken as outputs, or are unknown (−1).</param>
    /// <param name="rule">How its classes are matched.</param>
    /// <exception cref="ClassMismatchException">The data set's classes are not this network's.</exception>
    public MatchedDataset Match(IDataset data, ClassRule rule = ClassRule.Name)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Labels.Count == 0
            ? new MatchedDataset(data, new ClassMatch(this, [.. Enumerable.Range(0, Count)], null))
            : new MatchedDataset(data, Match(data.Labels, rule));
    }

    private ClassMatch ByName(IReadOnlyList<string> names, string source)
    {
        if (names.SequenceEqual(Labels, StringComparer.Ordinal))
        {
            return new ClassMatch(this, [.. Enumerable.Range(0, Count)], null); // the identity is valid even if names occur twice
        }

        if (names.Count == Count && AreSortedWordNetIds(names) && !names.Any(_places.ContainsKey))
        {
            string ids = $"{source}'s classes are WordNet ids ({ClassNameList.Of(names)}), as ImageNet's folders are called: they are taken to be {Owner}'s {Count} outputs in their order";
            return new ClassMatch(this, [.. Enumerable.Range(0, Count)], ids);
        }

        string[] foreign = [.. names.Where(name => !_places.ContainsKey(name))];
        if (foreign.Length > 0)
        {
            string which = foreign.Length == names.Count ? "none of them is" : $"{ClassNameList.Of(foreign)} {(foreign.Length == 1 ? "is" : "are")} not";
            throw new ClassMismatchException(
                $"{source}'s classes are not {Owner}'s: {which} among its labels; {source} has {names.Count} ({ClassNameList.Of(names)}), {Owner} {Count} ({ClassNameList.Of(Labels)}){Hint(foreign)}");
        }

        if (names.FirstOrDefault(_ambiguous.Contains) is string twice)
        {
            throw new ClassMismatchException($"{Owner} has more than one class named '{twice}', so {source} cannot be matched by name");
        }

        string? note = names.Count < Count ? $"{source} has {names.Count} of {Owner}'s {Count} classes: {ClassNameList.Of(names)}" : null;
        return new ClassMatch(this, [.. names.Select(name => _places[name])], note);
    }

    /// <summary>Whether the names are those of ImageNet's class folders, such as <c>n01440764</c>, in their order, which is that of the outputs of networks for ImageNet.</summary>
    private static bool AreSortedWordNetIds(IReadOnlyList<string> names)
    {
        const int Length = 9;
        return names.All(name => name.Length == Length && name[0] == 'n' && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
            && Enumerable.Range(1, names.Count - 1).All(i => string.CompareOrdinal(names[i - 1], names[i]) < 0);
    }

    private ClassMatch ByOrder(IReadOnlyList<string> names, string source) => names.Count == Count
        ? new ClassMatch(new OutputClasses([.. names], Count) { Owner = Owner }, [.. Enumerable.Range(0, Count)], null)
        : throw new ClassMismatchException($"{source} has {ClassNameList.Counted(names)}, but {Owner} has {Count} outputs: they can be matched in their order only where there are as many");

    private ClassMatch Unnamed(IReadOnlyList<string> names, string source) => names.Count == Count
        ? ByOrder(names, source) with { Note = $"{Owner} has no labels: its {Count} outputs are taken to be {source}'s classes in their order ({ClassNameList.Of(names)})" }
        : throw new ClassMismatchException($"{source} has {ClassNameList.Counted(names)}, but {Owner} has {Count} outputs and no labels to find them by");

    /// <summary>Maps by index. Outputs without labels get the names of their classes; outputs without a class get their indices as names.</summary>
    private ClassMatch ByNumber(IReadOnlyList<string> names, string source)
    {
        ImmutableArray<int> places = [.. names.Select(name => OutputNumbered(name, source))];
        if (places.Distinct().Count() != places.Length)
        {
            throw new ClassMismatchException($"two of {source}'s classes ({ClassNameList.Of(names)}) have the same number");
        }

        string[] labels = Labels.Count > 0 ? [.. Labels] : [.. Enumerable.Range(0, Count).Select(place => place.ToString(CultureInfo.InvariantCulture))];
        foreach ((string name, int place) in names.Zip(places))
        {
            if (Labels.Count > 0 && _places.TryGetValue(name, out int labelled) && labelled != place)
            {
                throw new ClassMismatchException($"'{name}' is the label of {Owner}'s output {labelled}, so it cannot be taken as the number of another one: match by name");
            }

            labels[place] = Labels.Count > 0 ? labels[place] : name;
        }

        return new ClassMatch(Labels.Count > 0 ? this : new OutputClasses(labels, Count) { Owner = Owner }, places, null);
    }

    /// <summary>A hint about a name that looks like a label, or an empty text.</summary>
    private string Hint(string[] foreign)
    {
        IEnumerable<string> hints =
            from name in foreign
            from label in Labels
            let difference = ConfusableNames.Difference(name, label)
            where difference is not null
            select $"; '{name}' and the label '{label}' differ only in {difference}";
        return hints.FirstOrDefault("");
    }

    private int OutputNumbered(string name, string source) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < Count
        ? number
        : throw new ClassMismatchException($"the class '{name}' of {source} is not the index of an output; the outputs of {Owner} are 0 to {Count - 1}");
}
