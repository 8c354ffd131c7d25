using System.Collections.Immutable;
using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>What the outputs of a classifier stand for, and the one way from the classes of a data set to them: <b>a class is its name</b>.</summary>
/// <remarks>
/// Equal sets of names are matched in any order, a subset is matched and noted, other names are refused. A network without labels takes the
/// data's classes in their order (<c>ImageFolder</c>'s, where they are folders) and gets their names.
/// </remarks>
public sealed class OutputClasses
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ambiguous = new(StringComparer.Ordinal); // ImageNet has two "crane"

    /// <summary>The outputs of a classifier.</summary>
    /// <param name="labels">Their names, or none where they are not known.</param>
    /// <param name="count">How many outputs there are.</param>
    /// <exception cref="ClassMismatchException">There are labels, but not one for each output.</exception>
    public OutputClasses(IReadOnlyList<string> labels, int count)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (labels.Count > 0 && labels.Count != count)
        {
            throw new ClassMismatchException($"the model has {labels.Count} labels ({ClassNameList.Of(labels)}) for {count} outputs: it needs one for each, or none");
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

    /// <summary>The names of the outputs, or none where they are not known.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>How many outputs there are.</summary>
    public int Count { get; }

    /// <summary>What messages call the network.</summary>
    public string Owner { get; init; } = "the model";

    /// <summary>The outputs of a model, with its labels.</summary>
    /// <exception cref="EspalierException">Its output is not one number for each class, or its labels do not fit.</exception>
    public static OutputClasses Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new OutputClasses(model.Metadata.Labels, CountOf(model));
    }

    /// <summary>How many outputs a classifier has, whatever its labels.</summary>
    /// <exception cref="EspalierException">Its output is not one number for each class.</exception>
    public static int CountOf(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Shape output = model.Graph.ShapeOf(model.Graph.Outputs[0]);
        return output.Rank == 1
            ? output[0]
            : throw new EspalierException($"{(model.Metadata.Architecture.Length > 0 ? model.Metadata.Architecture : "the network")} is no classifier: its output is {output}, expected one number for each class");
    }

    /// <summary>Finds classes among the outputs.</summary>
    /// <param name="names">The classes' names, in the order of their numbers.</param>
    /// <param name="rule">How.</param>
    /// <param name="source">What messages call whatever has those classes.</param>
    /// <exception cref="ClassMismatchException">They are not this network's classes; the message names both.</exception>
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

    /// <summary>A data set with the network's classes in the place of its own.</summary>
    /// <param name="data">Images. Where it has no names for its classes, their numbers are outputs already, or unknown.</param>
    /// <param name="rule">How its classes are found.</param>
    /// <exception cref="ClassMismatchException">Its classes are not this network's.</exception>
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
            return new ClassMatch(this, [.. Enumerable.Range(0, Count)], null); // names that occur twice included
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
            throw new ClassMismatchException($"{Owner} has more than one class called '{twice}', so which of them {source} means cannot be told by name");
        }

        string? note = names.Count < Count ? $"{source} has {names.Count} of {Owner}'s {Count} classes: {ClassNameList.Of(names)}" : null;
        return new ClassMatch(this, [.. names.Select(name => _places[name])], note);
    }

    private ClassMatch ByOrder(IReadOnlyList<string> names, string source) => names.Count == Count
        ? new ClassMatch(new OutputClasses([.. names], Count) { Owner = Owner }, [.. Enumerable.Range(0, Count)], null)
        : throw new ClassMismatchException($"{source} has {ClassNameList.Counted(names)}, but {Owner} has {Count} outputs: they can be matched in their order only where there are as many");

    private ClassMatch Unnamed(IReadOnlyList<string> names, string source) => names.Count == Count
        ? ByOrder(names, source) with { Note = $"{Owner} has no labels: its {Count} outputs are taken to be {source}'s classes in their order ({ClassNameList.Of(names)})" }
        : throw new ClassMismatchException($"{source} has {ClassNameList.Counted(names)}, but {Owner} has {Count} outputs and no labels to find them by");

    /// <summary>Outputs without labels get the names at their numbers, and for the rest the numbers themselves.</summary>
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

    /// <summary>A hint at a name that looks like a label, or nothing.</summary>
    private string Hint(string[] foreign)
    {
        IEnumerable<string> hints =
            from name in foreign
            from label in Labels
            let difference = LookAlike.Difference(name, label)
            where difference is not null
            select $"; '{name}' and the label '{label}' differ only in {difference}";
        return hints.FirstOrDefault("");
    }

    private int OutputNumbered(string name, string source) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < Count
        ? number
        : throw new ClassMismatchException($"the class '{name}' of {source} is no number of an output; those of {Owner} are 0 to {Count - 1}");
}
