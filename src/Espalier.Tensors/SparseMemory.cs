using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>Float32 numbers that are kept as a bit for each and the numbers whose bit is set; the others are 0.</summary>
/// <param name="bits">A bit for each number, the lowest of a byte first.</param>
/// <param name="values">The numbers whose bit is set, in order, or <see langword="null"/> for ones: then this is a mask.</param>
/// <param name="count">How many numbers there are.</param>
/// <param name="setBefore">How many bits are set before each <see cref="BlockBytes"/> bytes of them.</param>
internal sealed class SparseMemory(Tensor bits, Tensor? values, int count, int[] setBefore) : DeferredMemory(count * sizeof(float))
{
    /// <summary>Bytes of bits between two places where is known how many are set before.</summary>
    internal const int BlockBytes = 4096;

    private readonly Lock _lock = new();
    private Memory<byte> _dense;

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        lock (_lock)
        {
            if (_dense.IsEmpty)
            {
                Memory<byte> dense = AlignedMemory.Allocate<byte>(Length);
                Expand(0, MemoryMarshal.Cast<byte, float>(dense.Span));
                _dense = dense;
            }

            return _dense.Span;
        }
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)Length, nameof(elementIndex));
        GetSpan();
        return _dense[elementIndex..].Pin();
    }

    /// <inheritdoc/>
    internal override void CopyTo(int start, Span<byte> target)
    {
        if (start % sizeof(float) == 0 && target.Length % sizeof(float) == 0)
        {
            Expand(start / sizeof(float), MemoryMarshal.Cast<byte, float>(target));
        }
        else
        {
            GetSpan().Slice(start, target.Length).CopyTo(target);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The bytes are the collector's.
    }

    /// <summary>Reads the set numbers into the end and spreads them from there: a number's place is never behind where it waits.</summary>
    private void Expand(int first, Span<float> target)
    {
        int block = first / (8 * BlockBytes);
        byte[] flags = new byte[((first + target.Length + 7) / 8) - (block * BlockBytes)];
        bits.CopyTo(block * BlockBytes, flags.AsSpan());
        int skipped = first - (8 * BlockBytes * block);
        int before = setBefore[block] + Count(flags, 0, skipped);
        int waiting = Count(flags, skipped, target.Length);
        Span<float> tail = target[(target.Length - waiting)..];
        if (values is null)
        {
            tail.Fill(1);
        }
        else
        {
            values.CopyTo(before, tail);
        }

        int next = target.Length - waiting;
        for (int i = 0; i < target.Length; i++)
        {
            bool isSet = IsSet(flags, skipped + i);
            target[i] = isSet ? target[next] : 0;
            next += isSet ? 1 : 0;
        }
    }

    private static int Count(byte[] flags, int from, int length)
    {
        int set = 0;
        int i = from;
        for (int end = from + length; i < end;)
        {
            bool isWhole = i % 8 == 0 && end - i >= 8;
            set += isWhole ? BitOperations.PopCount(flags[i >> 3]) : IsSet(flags, i) ? 1 : 0;
            i += isWhole ? 8 : 1;
        }

        return set;
    }

    private static bool IsSet(byte[] flags, int i) => (flags[i >> 3] >> (i & 7) & 1) != 0;
}
