using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Temporary memory of kernels, one buffer per thread, reused from part to part.</summary>
internal static class ScratchMemory
{
    [ThreadStatic]
    private static Memory<float> t_memory;

    /// <summary>This thread's buffer, enlarged if necessary. Its content is undefined.</summary>
    public static Span<float> OfThisThread(int length)
    {
        if (t_memory.Length < length)
        {
            t_memory = AlignedMemory.Allocate<float>(length);
        }

        return t_memory.Span[..length];
    }
}
