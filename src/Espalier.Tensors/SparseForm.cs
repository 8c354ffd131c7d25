using System.Numerics;
using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>A compact form of a tensor of float32 or signed 8-bit numbers with many zeros: one bit per element, and the elements whose bit is set.</summary>
/// <remarks>Element <c>i</c>, in row-major order, has bit <c>i % 8</c>, counted from the lowest, of byte <c>i / 8</c>.</remarks>
internal sealed class SparseForm
{
    /// <summary>Bytes of bits between two entries of the index of set bits.</summary>
    internal const int BlockBytes = 4096;

    private readonly int _count;
    private readonly int[] _setBefore;

    /// <summary>Creates the sparse form from its two parts.</summary>
    /// <param name="shape">The shape of the dense tensor.</param>
    /// <param name="bits">One bit per element, as <see cref="ElementType.UInt8"/>; bits after the last element are 0.</param>
    /// <param name="values">The elements whose bit is set, in order, as <see cref="ElementType.Float32"/> or <see cref="ElementType.Int8"/>.</param>
    /// <exception cref="ArgumentException">The parts do not match each other or the shape; the message says why.</exception>
    public SparseForm(Shape shape, Tensor bits, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(bits);
        ArgumentNullException.ThrowIfNull(values);
        long count = shape.Count;
        Require(count <= Array.MaxLength / sizeof(float), $"{shape} exceeds the size of one tensor");
        Require(bits.Type == ElementType.UInt8 && bits.Shape == [(int)((count + 7) / 8)], $"the bits are {bits} instead of one bit for each of {count:N0} elements");
        Require(values.Type is ElementType.Float32 or ElementType.Int8 && values.Shape.Rank == 1, $"the values are {values} instead of a Float32 or Int8 vector");
        byte[] flags = new byte[bits.Shape[0]];
        bits.CopyTo<byte>(flags);
        int[] setBefore = new int[(flags.Length / BlockBytes) + 1];
        int set = 0;
        for (int start = 0; start < flags.Length; start += BlockBytes)
        {
            setBefore[start / BlockBytes] = set;
            set += CountSet(flags.AsSpan(start, Math.Min(BlockBytes, flags.Length - start)));
        }

        Require(count % 8 == 0 || flags[^1] >> (int)(count % 8) == 0, "bits are set after the last element");
        Require(set == values.Shape[0], $"{set:N0} bits are set, but there are {values.Shape[0]:N0} values");
        (Shape, Bits, Values, _count, _setBefore) = (shape, bits, values, (int)count, setBefore);
    }

    /// <summary>The shape of the dense tensor.</summary>
    public Shape Shape { get; }

    /// <summary>One bit per element, as <see cref="ElementType.UInt8"/>.</summary>
    public Tensor Bits { get; }

    /// <summary>The elements whose bit is set, in order.</summary>
    public Tensor Values { get; }

    /// <summary>Total number of bytes of both parts.</summary>
    public long ByteCount => Bits.Shape.Count + (Values.Shape.Count * Values.Type.Size());

    /// <summary>Creates the sparse form of a tensor's non-zero elements. Values are compared by their bits: −0 and NaN are kept.</summary>
    /// <param name="dense">A tensor of float32 or signed 8-bit numbers.</param>
    public static SparseForm OfNonZeros(Tensor dense)
    {
        ArgumentNullException.ThrowIfNull(dense);
        return dense.Type == ElementType.Int8
            ? Of<sbyte, sbyte>(dense, dense.Read<sbyte>())
            : Of<float, int>(dense, MemoryMarshal.Cast<float, int>(dense.Read<float>()));
    }

    /// <summary>Creates the sparse form of a tensor's elements where a mask is not 0, including zeros among them.</summary>
    /// <param name="dense">A tensor of float32 or signed 8-bit numbers.</param>
    /// <param name="mask">A float32 tensor of the same shape.</param>
    public static SparseForm OfMask(Tensor dense, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(dense);
        ArgumentNullException.ThrowIfNull(mask);
        return dense.Type == ElementType.Int8 ? Of<sbyte, float>(dense, mask.Read<float>()) : Of<float, float>(dense, mask.Read<float>());
    }

    /// <summary>The dense tensor, expanded when it is first accessed; <see cref="Tensor.CopyTo{T}(Span{T})"/> keeps none of it in memory.</summary>
    public Tensor ToDense() => Tensor.Over(
        Shape, Values.Type, Values.Type == ElementType.Int8 ? new SparseMemory<sbyte>(Bits, Values, _count, _setBefore).Memory : new SparseMemory<float>(Bits, Values, _count, _setBefore).Memory);

    /// <summary>The mask, of float32: ones where bits are set, expanded when it is first accessed.</summary>
    public Tensor ToMask() => Tensor.Over(Shape, ElementType.Float32, new SparseMemory<float>(Bits, null, _count, _setBefore).Memory);

    private static SparseForm Of<T, TKeep>(Tensor dense, ReadOnlySpan<TKeep> keep) where T : unmanaged where TKeep : INumberBase<TKeep>
    {
        ReadOnlySpan<T> numbers = dense.Read<T>();
        byte[] flags = new byte[(numbers.Length + 7) / 8];
        for (int i = 0; i < numbers.Length; i++)
        {
            flags[i >> 3] |= (byte)((TKeep.IsZero(keep[i]) ? 0 : 1) << (i & 7));
        }

        Tensor values = Tensor.Zeros([CountSet(flags)], dense.Type);
        Span<T> target = values.Write<T>();
        int next = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!TKeep.IsZero(keep[i]))
            {
                target[next++] = numbers[i];
            }
        }

        return new SparseForm(dense.Shape, Tensor.From<byte>([flags.Length], flags), values);
    }

    private static int CountSet(ReadOnlySpan<byte> flags)
    {
        int set = 0;
        foreach (byte flag in flags)
        {
            set += BitOperations.PopCount(flag);
        }

        return set;
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new ArgumentException($"Not a valid sparse form of a tensor: {problem}.");
        }
    }
}
