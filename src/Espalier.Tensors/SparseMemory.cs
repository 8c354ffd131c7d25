using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>Values stored as one bit per element and the values whose bit is set; all others are 0.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="bits">One bit per element, the lowest of each byte first.</param>
/// <param name="values">The values whose bit is set, in order, or <see langword="null"/> for ones, which gives a mask.</param>
/// <param name="count">Number of elements.</param>
/// <param name="setBefore">Number of bits set before each block of <see cref="SparseForm.BlockBytes"/> bytes.</param>
internal sealed class SparseMemory<T>(Tensor bits, Tensor? values, int count, int[] setBefore) : DeferredMemory(count * Unsafe.SizeOf<T>()) where T : unmanaged, INumberBase<T>
{
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
                Expand(0, MemoryMarshal.Cast<byte, T>(dense.Span));
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
        if (start % Unsafe.SizeOf<T>() == 0 && target.Length % Unsafe.SizeOf<T>() == 0)
        {
            Expand(start / Unsafe.SizeOf<T>(), MemoryMarshal.Cast<byte, T>(target));
        }
        else
        {
            GetSpan().Slice(start, target.Length).CopyTo(target);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The garbage collector frees the bytes.
    }

    /// <summary>Reads the set values to the end of the target and moves them to their positions from there: none moves further back.</summary>
    private void Expand(int first, Span<T> target)
    {
        int block = first / (8 * SparseForm.BlockBytes);
        byte[] flags = new byte[((first + target.Length + 7) / 8) - (block * SparseForm.BlockBytes)];
        bits.CopyTo(block * SparseForm.BlockBytes, flags.AsSpan());
        int skipped = first - (8 * SparseForm.BlockBytes * block);
        int before = setBefore[block] + Count(flags, 0, skipped);
        int waiting = Count(flags, skipped, target.Length);
        Span<T> tail = target[(target.Length - waiting)..];
        if (values is null)
        {
            tail.Fill(T.One);
        }
        else
        {
            values.CopyTo(before, tail);
        }

        int next = target.Length - waiting;
        for (int i = 0; i < target.Length; i++)
        {
            bool isSet = IsSet(flags, skipped + i);
            target[i] = isSet ? target[next] : T.Zero;
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
