namespace Espalier.Execution;

/// <summary>A value that <see cref="MemoryPlan"/> gives a place.</summary>
internal abstract record PlacedValue
{
    /// <summary>Offset in the arena in floats, for a batch of one; for a batch of n, offset and length are n times as large.</summary>
    /// <remarks>Set once, by <see cref="MemoryPlan"/>.</remarks>
    internal long Offset { get; set; } = -1;

    /// <summary>Bytes of one sample.</summary>
    internal abstract long Bytes { get; }
}
