namespace Espalier.Formats;

/// <summary>How a model file is written.</summary>
public readonly record struct ModelFileOptions
{
    /// <summary>
    /// Store tensors without their zeros, as a bit for each element and the elements that are left, wherever that takes less. What is read back has the same bits, and
    /// masks stay masks; but the numbers that a mask removes are left out, so pruning can no longer be undone.
    /// </summary>
    public bool Compact { get; init; }
}
