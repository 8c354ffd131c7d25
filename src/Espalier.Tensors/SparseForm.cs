using System.Numerics;
using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>A float32 tensor as a bit for each element and the elements whose bit is set: the small form of a tensor with many zeros.</summary>
/// <remarks>Bit <c>i % 8</c>, counted from the lowest, of byte <c>i / 8</c> stands for element <c>i</c> in row-major order.</remarks>
public sealed class SparseForm
{
    private readonly int _count;
    private readonly int[] _setBefore;

    /// <summary>Puts the two parts together.</summary>
    /// <param name="shape">The extents of the whole.</param>
    /// <param name="bits">A bit for each element, as <see cref="ElementType.UInt8"/>; those behind the last element are 0.</param>
    /// <param name="values">The elements whose bit is set, in order, as <see cref="ElementType.Float32"/>.</param>
    /// <exception cref="ArgumentException">They do not belong together; the message says why.</exception>
    public SparseForm(Shape shape, Tensor bits, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(bits);
        ArgumentNullException.ThrowIfNull(values);
        long count = shape.Count;
        Require(count <= Array.MaxLength / sizeof(float), $"{shape} is more than one tensor can have");
        Require(bits.Type == ElementType.UInt8 && bits.Shape == [(int)((count + 7) / 8)], $"{bits} instead of a bit for each of {count:N0} elements");
        Require(values.Type == ElementType.Float32 && values.Shape.Rank == 1, $"{values} instead of a row of numbers");
        byte[] flags = new byte[bits.Shape[0]];
        bits.CopyTo<byte>(flags);
        int[] setBefore = new int[(flags.Length / SparseMemory.BlockBytes) + 1];
        int set = 0;
        for (int start = 0; start < flags.Length; start += SparseMemory.BlockBytes)
        {
            setBefore[start / SparseMemory.BlockBytes] = set;
            set += CountSet(flags.AsSpan(start, Math.Min(SparseMemory.BlockBytes, flags.Length - start)));
        }

        Require(count % 8 == 0 || flags[^1] >> (int)(count % 8) == 0, "bits are set behind the last element");
        Require(set == values.Shape[0], $"{set:N0} bits are set, but there are {values.Shape[0]:N0} values");
        (Shape, Bits, Values, _count, _setBefore) = (shape, bits, values, (int)count, setBefore);
    }

    /// <summary>The extents of the whole.</summary>
    public Shape Shape { get; }

    /// <summary>A bit for each element.</summary>
    public Tensor Bits { get; }

    /// <summary>The elements whose bit is set.</summary>
    public Tensor Values { get; }

    /// <summary>Bytes of both parts.</summary>
    public long ByteCount => Bits.Shape.Count + (Values.Shape.Count * sizeof(float));

    /// <summary>A tensor without its zeros. Bit for bit: −0 and NaN are values.</summary>
    /// <param name="dense">A float32 tensor.</param>
    public static SparseForm OfNonZeros(Tensor dense)
    {
        ArgumentNullException.ThrowIfNull(dense);
        return Of(dense, MemoryMarshal.Cast<float, int>(dense.Read<float>()));
    }

    /// <summary>A tensor's elements where a mask is not 0, zeros among them included.</summary>
    /// <param name="dense">A float32 tensor.</param>
    /// <param name="mask">Another one of its shape.</param>
    public static SparseForm OfMask(Tensor dense, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(dense);
        ArgumentNullException.ThrowIfNull(mask);
        return Of(dense, mask.Read<float>());
    }

    /// <summary>The whole, made when somebody looks at it; <see cref="Tensor.CopyTo{T}(Span{T})"/> leaves none of it in memory.</summary>
    public Tensor ToDense() => Tensor.Over(Shape, ElementType.Float32, new SparseMemory(Bits, Values, _count, _setBefore).Memory);

    /// <summary>Ones where bits are set, made when somebody looks at it.</summary>
    public Tensor ToMask() => Tensor.Over(Shape, ElementType.Float32, new SparseMemory(Bits, null, _count, _setBefore).Memory);

    private static SparseForm Of<T>(Tensor dense, ReadOnlySpan<T> keep) where T : INumberBase<T>
    {
        ReadOnlySpan<float> numbers = dense.Read<float>();
        byte[] flags = new byte[(numbers.Length + 7) / 8];
        for (int i = 0; i < numbers.Length; i++)
        {
            flags[i >> 3] |= (byte)((T.IsZero(keep[i]) ? 0 : 1) << (i & 7));
        }

        Tensor values = Tensor.Zeros([CountSet(flags)]);
        Span<float> target = values.Write<float>();
        int next = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!T.IsZero(keep[i]))
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
            throw new ArgumentException($"No sparse form of a tensor: {problem}.");
        }
    }
}
