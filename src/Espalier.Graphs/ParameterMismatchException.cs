using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Parameters do not match a graph; lists all that are missing, unexpected or of another shape.</summary>
public sealed class ParameterMismatchException : EspalierException
{
    private const int Shown = 3; // of each kind; the lists hold them all

    /// <summary>Creates the error.</summary>
    public ParameterMismatchException(IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> mismatches)
        : base(Describe(missing, unexpected, mismatches))
    {
        Missing = missing;
        Unexpected = unexpected;
        ShapeMismatches = mismatches;
    }

    /// <summary>Names that the graph needs and the parameters do not have.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Names that the parameters have and the graph does not need.</summary>
    public IReadOnlyList<string> Unexpected { get; }

    /// <summary>Names with the found and the expected shape, as text.</summary>
    public IReadOnlyList<string> ShapeMismatches { get; }

    /// <summary>Throws unless the names and shapes of <paramref name="parameters"/> are exactly those that the graph needs.</summary>
    public static void ThrowIfAny(Graph graph, Parameters parameters)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(parameters);
        var missing = new List<string>();
        var mismatches = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, ParameterSpec spec) in graph.Parameters)
        {
            known.Add(name);
            if (!parameters.TryGetValue(name, out Parameter? parameter))
            {
                missing.Add(name);
            }
            else if (parameter.Value.Shape != spec.Shape)
            {
                mismatches.Add($"{name}: found {parameter.Value.Shape}, expected {spec.Shape}");
            }
            else if (parameter.Mask is Tensor mask && mask.Shape != spec.Shape)
            {
                mismatches.Add($"{name}: found a mask of {mask.Shape}, expected {spec.Shape}");
            }
        }

        List<string> unexpected = [.. parameters.Keys.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal)];
        if (missing.Count + unexpected.Count + mismatches.Count > 0)
        {
            throw new ParameterMismatchException(missing, unexpected, mismatches);
        }
    }

    private static string Describe(IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> mismatches)
    {
        var parts = new List<string>();
        AddPart(parts, "missing", missing);
        AddPart(parts, "unexpected", unexpected);
        AddPart(parts, "of another shape", mismatches);
        return $"The parameters do not fit the network: {string.Join("; ", parts)}.";
    }

    private static void AddPart(List<string> parts, string what, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            string more = names.Count > Shown ? $", and {names.Count - Shown} more" : "";
            parts.Add($"{names.Count} {what} ({string.Join(", ", names.Take(Shown))}{more})");
        }
    }
}
