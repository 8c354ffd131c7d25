namespace Espalier.Graphs;

/// <summary>Counts the parameters that are not zero.</summary>
public static class NonZeros
{
    /// <summary>How many of a model's parameters are not zero after masking. As in <see cref="NetworkSummary.Parameters"/>, buffers do not count and tied weights count once.</summary>
    public static long Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Graph.Parameters.Where(spec => !spec.Value.IsBuffer).Sum(spec => model.Parameters[spec.Key].NonZeros);
    }
}
