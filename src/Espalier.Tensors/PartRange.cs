using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>A range [first, end) of a job's parts that belongs to one thread. A thread without parts of its own takes them from the end of another's range.</summary>
/// <remarks>Alone in its cache line (64 bytes, 128 on some processors), so that a thread that takes parts of its own range does not invalidate other threads' caches.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct PartRange
{
    internal const int None = -1;

    [FieldOffset(64)]
    private ulong _bounds; // the first in the lower half, the end in the upper

    internal PartRange(int first, int end) => _bounds = Pack((uint)first, (uint)end);

    /// <summary>Takes the first remaining part, for the owning thread; <see cref="None"/> where there is none.</summary>
    internal int TakeFirst()
    {
        for (ulong bounds = Volatile.Read(ref _bounds); ;)
        {
            (uint first, uint end) = ((uint)bounds, (uint)(bounds >> 32));
            if (first >= end)
            {
                return None;
            }

            ulong before = Interlocked.CompareExchange(ref _bounds, Pack(first + 1, end), bounds);
            if (before == bounds)
            {
                return (int)first;
            }

            bounds = before;
        }
    }

    /// <summary>Takes the last remaining part, for other threads; <see cref="None"/> where there is none.</summary>
    internal int TakeLast()
    {
        for (ulong bounds = Volatile.Read(ref _bounds); ;)
        {
            (uint first, uint end) = ((uint)bounds, (uint)(bounds >> 32));
            if (first >= end)
            {
                return None;
            }

            ulong before = Interlocked.CompareExchange(ref _bounds, Pack(first, end - 1), bounds);
            if (before == bounds)
            {
                return (int)end - 1;
            }

            bounds = before;
        }
    }

    private static ulong Pack(uint first, uint end) => ((ulong)end << 32) | first;
}
