using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>What the ledger knows of a model at one step of its life: how large it is, how much work, how good and how fast.</summary>
/// <param name="Parameters">Trainable parameters, those that masks remove included.</param>
/// <param name="NonZeros">Those of them that are not zero after masking.</param>
/// <param name="MultiplyAccumulates">MACs of one sample, every weight counted.</param>
/// <param name="EffectiveMultiplyAccumulates">MACs of one sample by weights that are not zero.</param>
public readonly record struct ModelFigures(long Parameters, long NonZeros, long MultiplyAccumulates, long EffectiveMultiplyAccumulates)
{
    private const string ParametersName = "parameters";
    private const string NonZerosName = "non_zeros";
    private const string MultiplyAccumulatesName = "macs";
    private const string EffectiveName = "effective_macs";
    private const string BytesName = "bytes";
    private const string AccuracyName = "accuracy";
    private const string MillisecondsName = "ms";

    /// <summary>The size of its model file, or <see langword="null"/> where nobody has asked.</summary>
    public long? Bytes { get; init; }

    /// <summary>The share of images whose class it finds, from 0 to 1, or <see langword="null"/> where it was not measured.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The median time of one sample on one thread, in milliseconds, or <see langword="null"/> where it was not measured.</summary>
    public double? Milliseconds { get; init; }

    /// <summary>The figures that a model tells without running: all but bytes, accuracy and time.</summary>
    public static ModelFigures Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Graph graph = model.Graph;
        IReadOnlyDictionary<string, long> nonZeros = Graphs.NonZeros.ByParameter(model);
        return new ModelFigures(
            graph.Parameters.Where(spec => !spec.Value.IsBuffer).Sum(spec => spec.Value.Shape.Count),
            nonZeros.Values.Sum(),
            Graphs.MultiplyAccumulates.Of(graph),
            graph.Nodes.Sum(node => Graphs.MultiplyAccumulates.Effective(graph, node, nonZeros)));
    }

    /// <summary>The figures that a line of lineage holds, or <see langword="null"/> where it has not all four that every step has.</summary>
    public static ModelFigures? Of(LineageEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Find(entry, ParametersName) is double parameters && Find(entry, NonZerosName) is double nonZeros
            && Find(entry, MultiplyAccumulatesName) is double macs && Find(entry, EffectiveName) is double effective
            ? new ModelFigures((long)parameters, (long)nonZeros, (long)macs, (long)effective)
            {
                Bytes = (long?)Find(entry, BytesName),
                Accuracy = Find(entry, AccuracyName),
                Milliseconds = Find(entry, MillisecondsName),
            }
            : null;
    }

    /// <summary>A line of lineage with these figures among its results, in the place of those that it had; what is not known here stays as it was.</summary>
    public LineageEntry AddTo(LineageEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        foreach ((string name, double? value) in Named())
        {
            entry = value is double known && double.IsFinite(known) ? With(entry, new LineageResult(name, known)) : entry;
        }

        return entry;
    }

    private (string Name, double? Value)[] Named() =>
    [
        (ParametersName, Parameters), (NonZerosName, NonZeros), (MultiplyAccumulatesName, MultiplyAccumulates), (EffectiveName, EffectiveMultiplyAccumulates),
        (BytesName, Bytes), (AccuracyName, Accuracy), (MillisecondsName, Milliseconds),
    ];

    private static LineageEntry With(LineageEntry entry, LineageResult result) =>
        entry with { Results = ValueList.From(entry.Results.Where(known => known.Name != result.Name).Append(result)) };

    /// <summary>A result by name; a file may hold anything, so numbers that no figure can be are as good as none.</summary>
    private static double? Find(LineageEntry entry, string name)
    {
        foreach (LineageResult result in entry.Results)
        {
            if (result.Name == name)
            {
                return result.Value is >= 0 and < long.MaxValue ? result.Value : null;
            }
        }

        return null;
    }
}
