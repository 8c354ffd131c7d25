namespace Espalier.Graphs;

/// <summary>Counts non-zero parameters.</summary>
public static class NonZeros
{
    /// <summary>Number of a model's parameters that are not zero after masking. As in <see cref="NetworkSummary.Parameters"/>, buffers do not count and tied weights count once.</summary>
    public static long Of(Model model) => ByParameter(model).Values.Sum();

    /// <summary>Number of non-zero elements of each parameter, by name; tied weights have one name, and buffers are not included.</summary>
    public static IReadOnlyDictionary<string, long> ByParameter(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Graph.Parameters.Where(spec => !spec.Value.IsBuffer).ToDictionary(spec => spec.Key, spec => model.Parameters[spec.Key].NonZeros, StringComparer.Ordinal);
    }
}
