using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>A dense, row-major tensor: elements of one <see cref="ElementType"/> with a <see cref="Shape"/>.</summary>
/// <remarks>
/// Tensors are shared between models, so code that did not create a tensor must only <see cref="Read{T}"/> it.
/// <see cref="Write{T}"/> is for its creator and for executors that own their parameters; it throws for a tensor over read-only memory.
/// </remarks>
public sealed class Tensor
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Memory<byte> _writable;

    private Tensor(Shape shape, ElementType type, ReadOnlyMemory<byte> bytes, Memory<byte> writable)
    {
        long expected = checked(shape.Count * type.Size());
        if (bytes.Length != expected)
        {
            throw new ArgumentException($"A {type} tensor of shape {shape} takes {expected} bytes, but {bytes.Length} were given.", nameof(bytes));
        }

        Shape = shape;
        Type = type;
        _bytes = bytes;
        _writable = writable;
    }

    /// <summary>The extents, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>The elements as stored, little-endian, row-major.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Whether the elements are loaded only when they are first accessed, because they are in a file or stored without their zeros.</summary>
    public bool IsDeferred => MemoryMarshal.TryGetMemoryManager(_bytes, out DeferredMemory? _);

    /// <summary>Creates a tensor of zeros.</summary>
    public static Tensor Zeros(Shape shape, ElementType type = ElementType.Float32)
    {
        Memory<byte> bytes = AlignedMemory.Allocate<byte>(checked(shape.Count * type.Size()));
        return new Tensor(shape, type, bytes, bytes);
    }

    /// <summary>Creates a tensor with a copy of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The number of values is not the number of elements of the shape.</exception>
    public static Tensor From<T>(Shape shape, ReadOnlySpan<T> values) where T : unmanaged
    {
        if (values.Length != shape.Count)
        {
            throw new ArgumentException($"Shape {shape} has {shape.Count} elements, but {values.Length} values were given.", nameof(values));
        }

        Tensor tensor = Zeros(shape, ElementTypes.Of<T>());
        values.CopyTo(tensor.Write<T>());
        return tensor;
    }

    /// <summary>Creates a float32 tensor with a copy of <paramref name="values"/>.</summary>
    public static Tensor From(Shape shape, params ReadOnlySpan<float> values) => From<float>(shape, values);

    /// <summary>Creates a read-only tensor over existing memory, such as a part of a file, without a copy.</summary>
    /// <exception cref="ArgumentException">The number of bytes does not match shape and type.</exception>
    public static Tensor Over(Shape shape, ElementType type, ReadOnlyMemory<byte> bytes) => new(shape, type, bytes, default);

    /// <summary>The elements, in row-major order, for reading.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not how <see cref="Type"/> is stored.</exception>
    public ReadOnlySpan<T> Read<T>() where T : unmanaged
    {
        RequireType<T>();
        return MemoryMarshal.Cast<byte, T>(_bytes.Span);
    }

    /// <summary>Copies the elements. Deferred elements (<see cref="IsDeferred"/>) are not kept in memory, unlike with <see cref="Read{T}"/>.</summary>
    /// <param name="target">The destination, with as many elements as the tensor.</param>
    /// <exception cref="ArgumentException"><paramref name="target"/> has a different length.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not how <see cref="Type"/> is stored.</exception>
    public void CopyTo<T>(Span<T> target) where T : unmanaged
    {
        RequireType<T>();
        if (target.Length != Shape.Count)
        {
            throw new ArgumentException($"{Shape.Count} elements cannot be copied to {target.Length}.", nameof(target));
        }

        CopyTo(0, target);
    }

    /// <summary>Copies a range of the elements, as <see cref="CopyTo{T}(Span{T})"/> does.</summary>
    /// <param name="first">Index of the first element to copy.</param>
    /// <param name="target">The destination; its length is the number of elements to copy.</param>
    /// <exception cref="ArgumentException">The range exceeds the tensor.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not how <see cref="Type"/> is stored.</exception>
    public void CopyTo<T>(int first, Span<T> target) where T : unmanaged
    {
        RequireType<T>();
        if (first < 0 || target.Length > Shape.Count - first)
        {
            throw new ArgumentException($"{target.Length} elements from index {first} on cannot be copied: the tensor has {Shape.Count}.", nameof(target));
        }

        if (MemoryMarshal.TryGetMemoryManager(_bytes, out DeferredMemory? deferred, out int start, out _))
        {
            deferred.CopyTo(checked(start + (first * Unsafe.SizeOf<T>())), MemoryMarshal.AsBytes(target));
        }
        else
        {
            MemoryMarshal.Cast<byte, T>(_bytes.Span).Slice(first, target.Length).CopyTo(target);
        }
    }

    /// <summary>Writes the bytes to a stream. Deferred elements (<see cref="IsDeferred"/>) are not kept in memory.</summary>
    internal void WriteTo(Stream stream)
    {
        if (!MemoryMarshal.TryGetMemoryManager(_bytes, out DeferredMemory? deferred, out int start, out int length))
        {
            stream.Write(_bytes.Span);
            return;
        }

        const int Part = 1 << 20;
        byte[] buffer = new byte[Math.Min(Part, length)];
        for (int at = 0; at < length; at += Part)
        {
            Span<byte> part = buffer.AsSpan(0, Math.Min(Part, length - at));
            deferred.CopyTo(start + at, part);
            stream.Write(part);
        }
    }

    /// <summary>The elements, in row-major order, for modification by the tensor's owner.</summary>
    /// <exception cref="InvalidOperationException">The type differs, or the memory is read-only.</exception>
    public Span<T> Write<T>() where T : unmanaged
    {
        RequireType<T>();
        if (_writable.IsEmpty && !_bytes.IsEmpty)
        {
            throw new InvalidOperationException("This tensor lies over read-only memory; copy it to change it.");
        }

        return MemoryMarshal.Cast<byte, T>(_writable.Span);
    }

    /// <summary>The bytes of the elements, for modification by the tensor's owner.</summary>
    internal Span<byte> WriteBytes() => _writable.Span;

    /// <summary>A tensor over the same bytes with another shape of the same number of elements.</summary>
    public Tensor Reshape(Shape shape) => new(shape, Type, _bytes, _writable);

    /// <summary>A writable copy of the tensor.</summary>
    public Tensor Copy()
    {
        Tensor copy = Zeros(Shape, Type);
        _bytes.CopyTo(copy._writable);
        return copy;
    }

    /// <summary>This tensor if its type already is <paramref name="type"/>, otherwise a converted copy (see <see cref="TensorConversion"/>).</summary>
    public Tensor To(ElementType type) => type == Type ? this : TensorConversion.Convert(this, type);

    /// <summary>Whether type, shape and every bit are the same (so NaN equals NaN and 0 differs from −0).</summary>
    public bool BitEquals(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Type == other.Type && Shape == other.Shape && _bytes.Span.SequenceEqual(other._bytes.Span);
    }

    /// <summary>Type and shape as text, such as <c>Float32 64x3x7x7</c>.</summary>
    public override string ToString() => $"{Type} {Shape}";

    private void RequireType<T>() where T : unmanaged
    {
        if (ElementTypes.Of<T>() != Type)
        {
            ThrowWrongType(typeof(T), Type);
        }
    }

    [DoesNotReturn]
    private static void ThrowWrongType(Type asked, ElementType type) =>
        throw new InvalidOperationException($"A {type} tensor cannot be viewed as {asked.Name}; convert it with To first.");
}
