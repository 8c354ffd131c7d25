using Espalier.Kernels;

namespace Espalier.Execution;

/// <summary>A value that steps read and write: its position in the arena and its layout.</summary>
/// <param name="Name">The node whose output it is.</param>
/// <param name="Layout">The memory layout of one sample.</param>
internal sealed record PlanValue(string Name, BlockedLayout Layout) : PlacedValue
{
    /// <summary>Whether it consists of unsigned 8-bit integers instead of floats; then its layout counts bytes.</summary>
    public bool IsInteger { get; init; }

    /// <summary>Bytes of an element.</summary>
    public int ElementBytes => IsInteger ? sizeof(byte) : sizeof(float);

    /// <inheritdoc/>
    internal override long Bytes => (long)Layout.Length * ElementBytes;

    /// <summary>The value whose memory contains this one as a range of blocks and which is placed in its stead; <see langword="null"/> for a value that is placed itself.</summary>
    public PlanValue? Whole { get; init; }

    /// <summary>Offset within a sample of <see cref="Whole"/>, in elements.</summary>
    public int Start { get; init; }
}
