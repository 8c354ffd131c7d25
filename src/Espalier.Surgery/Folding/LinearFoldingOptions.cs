namespace Espalier.Surgery;

/// <summary>What <see cref="LinearFolding"/> may do.</summary>
/// <param name="Always">Merge whatever is exact, also where the result takes more multiply-accumulates or bytes than what it replaces.</param>
public readonly record struct LinearFoldingOptions(bool Always = false)
{
    /// <summary>
    /// Leave a batch norm that only stands behind a layer where it is: for executors that multiply it into the layer's weights when they lay them out
    /// (<see cref="OutputAffine.IsNormOfLayer"/>), without a second copy of the network's numbers.
    /// </summary>
    public bool LeavesNormsBehindLayers { get; init; }
}
