using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>The figures that the ledger records for a model after a step: size, work, accuracy and time.</summary>
/// <param name="Parameters">Number of trainable parameters, including masked ones.</param>
/// <param name="NonZeros">Number of trainable parameters that are not zero after masking.</param>
/// <param name="MultiplyAccumulates">MACs of one sample, with all weights.</param>
/// <param name="EffectiveMultiplyAccumulates">MACs of one sample with non-zero weights.</param>
public readonly record struct ModelFigures(long Parameters, long NonZeros, long MultiplyAccumulates, long EffectiveMultiplyAccumulates)
{
    private const double UsualBits = 32;
    private const string ParametersName = "parameters";
    private const string NonZerosName = "non_zeros";
    private const string MultiplyAccumulatesName = "macs";
    private const string EffectiveName = "effective_macs";
    private const string BytesName = "bytes";
    private const string BitsName = "bits";
    private const string AccuracyName = "accuracy";
    private const string MillisecondsName = "ms";

    /// <summary>Size of the model file in bytes, or <see langword="null"/> if it was not computed.</summary>
    public long? Bytes { get; init; }

    /// <summary>Bits for each parameter in the types in which they are stored (<see cref="NetworkSummary.BitsPerParameter"/>), or <see langword="null"/> if all are float32.</summary>
    public double? Bits { get; init; }

    /// <summary>Bits for each parameter, whatever their types.</summary>
    internal double BitsPerParameter => Bits ?? UsualBits;

    /// <summary>Top-1 accuracy, from 0 to 1, or <see langword="null"/> if it was not measured.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Median time of one sample on one thread, in milliseconds, or <see langword="null"/> if it was not measured.</summary>
    public double? Milliseconds { get; init; }

    /// <summary>The figures that are computed without running the model: all but the size of the file, accuracy and time.</summary>
    public static ModelFigures Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Graph graph = model.Graph;
        IReadOnlyDictionary<string, long> nonZeros = Graphs.NonZeros.ByParameter(model);
        return new ModelFigures(
            graph.Parameters.Where(spec => !spec.Value.IsBuffer).Sum(spec => spec.Value.Shape.Count),
            nonZeros.Values.Sum(),
            Graphs.MultiplyAccumulates.Of(graph),
            graph.Nodes.Sum(node => Graphs.MultiplyAccumulates.Effective(graph, node, nonZeros)))
        {
            Bits = NetworkSummary.BitsOf(model) is double bits and not UsualBits ? bits : null,
        };
    }

    /// <summary>The figures recorded in a lineage entry, or <see langword="null"/> if it does not have all four required ones.</summary>
    public static ModelFigures? Of(LineageEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Find(entry, ParametersName) is double parameters && Find(entry, NonZerosName) is double nonZeros
            && Find(entry, MultiplyAccumulatesName) is double macs && Find(entry, EffectiveName) is double effective
            ? new ModelFigures((long)parameters, (long)nonZeros, (long)macs, (long)effective)
            {
                Bytes = (long?)Find(entry, BytesName),
                Bits = Find(entry, BitsName),
                Accuracy = Find(entry, AccuracyName),
                Milliseconds = Find(entry, MillisecondsName),
            }
            : null;
    }

    /// <summary>A copy of a lineage entry with these figures added to or replaced in its results; unknown figures keep the entry's values.</summary>
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
        (BytesName, Bytes), (BitsName, Bits), (AccuracyName, Accuracy), (MillisecondsName, Milliseconds),
    ];

    private static LineageEntry With(LineageEntry entry, LineageResult result) =>
        entry with { Results = ValueList.From(entry.Results.Where(known => known.Name != result.Name).Append(result)) };

    /// <summary>A result by name, or <see langword="null"/>. Files may contain anything, so values that are impossible for a figure are ignored.</summary>
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
