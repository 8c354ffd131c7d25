namespace Espalier.Surgery;

/// <summary>Options of <see cref="LinearFolding"/>.</summary>
/// <param name="Always">Whether to make every exact merge, even if the merged layer needs more multiply-accumulates or bytes than the layers that it replaces.</param>
public readonly record struct LinearFoldingOptions(bool Always = false)
{
    /// <summary>
    /// Whether to leave a batch norm that directly follows a layer unfolded, for executors that multiply it into the layer's weights when they pack them
    /// (<see cref="OutputAffine.IsNormOfLayer"/>) and so need no second copy of the network's weights.
    /// </summary>
    public bool LeavesNormsAfterLayers { get; init; }
}
