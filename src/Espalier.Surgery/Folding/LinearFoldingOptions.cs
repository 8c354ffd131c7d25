namespace Espalier.Surgery;

/// <summary>Options of <see cref="LinearFolding"/>.</summary>
/// <param name="Always">Merge whatever is exact, even if the result needs more multiply-accumulates or bytes than what it replaces.</param>
public readonly record struct LinearFoldingOptions(bool Always = false)
{
    /// <summary>
    /// Do not fold a batch norm that only follows a layer: for executors that multiply it into the layer's weights when they pack them
    /// (<see cref="OutputAffine.IsNormOfLayer"/>), without a second copy of the network's weights.
    /// </summary>
    public bool LeavesNormsAfterLayers { get; init; }
}
