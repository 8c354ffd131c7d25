namespace Espalier.Graphs;

/// <summary>Counts the parameters that are not zero.</summary>
public static class NonZeros
{
    /// <summary>How many of a model's parameters are not zero after masking. As in <see cref="NetworkSummary.Parameters"/>, buffers do not count and tied weights count once.</summary>
    public static long Of(Model model) => ByParameter(model).Values.Sum();

    /// <summary>The same for each parameter, by its name; tied weights have one name, and buffers none here.</summary>
    public static IReadOnlyDictionary<string, long> ByParameter(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Graph.Parameters.Where(spec => !spec.Value.IsBuffer).ToDictionary(spec => spec.Key, spec => model.Parameters[spec.Key].NonZeros, StringComparer.Ordinal);
    }
}
