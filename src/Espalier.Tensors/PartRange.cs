using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>Parts [first, end) of a job that belong to one thread, until another has nothing left of its own: it takes them from the other end.</summary>
/// <remarks>Alone in its cache line (of 64 bytes; 128 on some processors), so that taking a part of one's own disturbs nobody.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct PartRange
{
    internal const int None = -1;

    [FieldOffset(64)]
    private ulong _bounds; // the first in the lower half, the end in the upper

    internal PartRange(int first, int end) => _bounds = Pack((uint)first, (uint)end);

    /// <summary>The first part that nobody has taken, for whom it belongs to; or <see cref="None"/>.</summary>
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

    /// <summary>The last part that nobody has taken, for others; or <see cref="None"/>.</summary>
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
