using System.Buffers;

namespace Espalier.Tensors;

/// <summary>Read-only memory whose bytes come into being when somebody looks at a span of them. Copying from it leaves none of them in memory.</summary>
public abstract class DeferredMemory : MemoryManager<byte>
{
    private protected DeferredMemory(int length) => Length = length;

    /// <inheritdoc/>
    public override Memory<byte> Memory => CreateMemory(Length); // the inherited one looks at a span

    private protected int Length { get; }

    /// <summary>Makes some of the bytes elsewhere, whether or not they are in memory.</summary>
    /// <param name="start">Where they begin, counted from this memory's beginning.</param>
    /// <param name="target">Where they go.</param>
    /// <exception cref="MalformedInputException">The file that they come from has become shorter.</exception>
    internal abstract void CopyTo(int start, Span<byte> target);

    /// <inheritdoc/>
    public override void Unpin()
    {
        // It never moves.
    }
}
