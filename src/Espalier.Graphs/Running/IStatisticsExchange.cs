namespace Espalier.Graphs;

/// <summary>Brings together the statistics of batch norms when the parts of a batch are computed at the same time, by threads or by processes (synchronized batch norm).</summary>
public interface IStatisticsExchange
{
    /// <summary>Called by all parts, for the same batch norms in the same order. It returns when all have called.</summary>
    /// <param name="own">The numbers of this part; as many for each part.</param>
    /// <returns>The numbers of all parts, in the order of the parts; valid until the next call.</returns>
    /// <exception cref="Tensors.EspalierException">Another part failed.</exception>
    ReadOnlySpan<float> Gather(ReadOnlySpan<float> own);
}
