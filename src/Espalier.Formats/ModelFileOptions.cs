namespace Espalier.Formats;

/// <summary>Options for writing a model file.</summary>
public readonly record struct ModelFileOptions
{
    /// <summary>
    /// Store tensors without their zeros, as one bit per element and the non-zero elements, wherever that is smaller. Values read back have the same bits, and
    /// masks stay masks; but values that a mask removes are not stored, so pruning can no longer be undone.
    /// </summary>
    public bool Compact { get; init; }
}
