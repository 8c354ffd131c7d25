using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Memory that a kernel needs while it computes one part: one piece for each thread, kept for the next part.</summary>
public static class ScratchMemory
{
    [ThreadStatic]
    private static Memory<float> t_memory;

    /// <summary>This thread's scratch memory, grown if need be. What it holds is undefined.</summary>
    public static Span<float> OfThisThread(int length)
    {
        if (t_memory.Length < length)
        {
            t_memory = AlignedMemory.Allocate<float>(length);
        }

        return t_memory.Span[..length];
    }
}
