using System.Buffers;

namespace Espalier.Tensors;

/// <summary>Read-only memory whose bytes are loaded or computed when a span of them is first accessed. Copying from it keeps none of them in memory.</summary>
internal abstract class DeferredMemory : MemoryManager<byte>
{
    private protected DeferredMemory(int length) => Length = length;

    /// <inheritdoc/>
    public override Memory<byte> Memory => CreateMemory(Length); // the inherited property would access a span

    private protected int Length { get; }

    /// <summary>Copies some of the bytes, whether or not they are in memory.</summary>
    /// <param name="start">Offset of the first byte to copy.</param>
    /// <param name="target">The destination; its length is the number of bytes to copy.</param>
    /// <exception cref="MalformedInputException">The underlying file was changed.</exception>
    internal abstract void CopyTo(int start, Span<byte> target);

    /// <inheritdoc/>
    public override void Unpin()
    {
        // The memory is never moved.
    }
}
