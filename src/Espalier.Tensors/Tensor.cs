using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Espalier.Tensors;

/// <summary>Numbers of one <see cref="ElementType"/> in a dense, row-major <see cref="Shape"/>.</summary>
/// <remarks>
/// Tensors are shared freely between models, so code that did not make a tensor must only <see cref="Read{T}"/> it.
/// <see cref="Write{T}"/> is for the maker and for executors that own their parameters; a tensor over mapped memory refuses it.
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

    /// <summary>The extents.</summary>
    public Shape Shape { get; }

    /// <summary>What each element is.</summary>
    public ElementType Type { get; }

    /// <summary>The elements as stored, little-endian, row-major.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Whether the elements come into memory only when somebody looks at them: they are in a file, or packed without their zeros.</summary>
    public bool IsDeferred => MemoryMarshal.TryGetMemoryManager(_bytes, out DeferredMemory? _);

    /// <summary>A zeroed tensor.</summary>
    public static Tensor Zeros(Shape shape, ElementType type = ElementType.Float32)
    {
        Memory<byte> bytes = AlignedMemory.Allocate<byte>(checked(shape.Count * type.Size()));
        return new Tensor(shape, type, bytes, bytes);
    }

    /// <summary>A tensor that holds a copy of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The number of values is not the shape's.</exception>
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

    /// <summary>A float tensor that holds a copy of <paramref name="values"/>.</summary>
    public static Tensor From(Shape shape, params ReadOnlySpan<float> values) => From<float>(shape, values);

    /// <summary>A read-only tensor over memory that somebody else owns, such as a mapped file.</summary>
    /// <exception cref="ArgumentException">The number of bytes is not what shape and type take.</exception>
    public static Tensor Over(Shape shape, ElementType type, ReadOnlyMemory<byte> bytes) => new(shape, type, bytes, default);

    /// <summary>The elements, for reading.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not how <see cref="Type"/> is stored.</exception>
    public ReadOnlySpan<T> Read<T>() where T : unmanaged
    {
        RequireType<T>();
        return MemoryMarshal.Cast<byte, T>(_bytes.Span);
    }

    /// <summary>Copies the elements. Where they are deferred (<see cref="IsDeferred"/>), that leaves them out of memory, which <see cref="Read{T}"/> does not.</summary>
    /// <param name="target">As many elements as there are.</param>
    /// <exception cref="ArgumentException"><paramref name="target"/> has another length.</exception>
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

    /// <summary>Copies some of the elements, as <see cref="CopyTo{T}(Span{T})"/> does.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="target">Where they go; its length says how many.</param>
    /// <exception cref="ArgumentException">There are not so many.</exception>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not how <see cref="Type"/> is stored.</exception>
    public void CopyTo<T>(int first, Span<T> target) where T : unmanaged
    {
        RequireType<T>();
        if (first < 0 || target.Length > Shape.Count - first)
        {
            throw new ArgumentException($"{target.Length} elements from number {first} on cannot be copied: there are {Shape.Count}.", nameof(target));
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

    /// <summary>The elements, for the tensor's owner to change.</summary>
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

    /// <summary>A tensor over the same bytes with another shape of equal count.</summary>
    public Tensor Reshape(Shape shape) => new(shape, Type, _bytes, _writable);

    /// <summary>A writable copy.</summary>
    public Tensor Copy()
    {
        Tensor copy = Zeros(Shape, Type);
        _bytes.CopyTo(copy._writable);
        return copy;
    }

    /// <summary>This tensor when it already is <paramref name="type"/>, otherwise a converted copy (see <see cref="TensorConversion"/>).</summary>
    public Tensor To(ElementType type) => type == Type ? this : TensorConversion.Convert(this, type);

    /// <summary>Whether type, shape and every bit are the same (so NaN equals NaN and 0 differs from −0).</summary>
    public bool BitEquals(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Type == other.Type && Shape == other.Shape && _bytes.Span.SequenceEqual(other._bytes.Span);
    }

    /// <summary>Type and shape, as in <c>Float32 64x3x7x7</c>.</summary>
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
