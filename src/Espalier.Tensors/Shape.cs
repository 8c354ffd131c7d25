using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Espalier.Tensors;

/// <summary>The extents of a tensor, outermost first, with value equality. A scalar has rank 0 and one element.</summary>
[CollectionBuilder(typeof(Shape), nameof(Of))]
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<int> _extents;

    private Shape(ImmutableArray<int> extents) => _extents = extents;

    /// <summary>Creates a shape of the given extents; the same as <c>Shape s = [64, 3, 7, 7];</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An extent is negative.</exception>
    public static Shape Of(params ReadOnlySpan<int> extents)
    {
        foreach (int extent in extents)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(extents));
        }

        return new Shape([.. extents]);
    }

    /// <summary>The extents, outermost first.</summary>
    public ImmutableArray<int> Extents => _extents.IsDefault ? [] : _extents;

    /// <summary>Number of extents.</summary>
    public int Rank => Extents.Length;

    /// <summary>The extent at <paramref name="axis"/>; negative axes count from the end.</summary>
    public int this[int axis] => Extents[axis < 0 ? Rank + axis : axis];

    /// <summary>The number of elements: the product of the extents.</summary>
    /// <exception cref="OverflowException">The product exceeds 2⁶³−1.</exception>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (int extent in Extents)
            {
                count = checked(count * extent);
            }

            return count;
        }
    }

    /// <summary>A copy with <paramref name="extent"/> in front, such as a batch axis.</summary>
    public Shape Prepend(int extent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(extent);
        return new Shape(Extents.Insert(0, extent));
    }

    /// <summary>A copy without the first extent.</summary>
    public Shape WithoutFirst() => new(Extents.RemoveAt(0));

    /// <summary>Enumerates the extents, outermost first.</summary>
    public ImmutableArray<int>.Enumerator GetEnumerator() => Extents.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Shape other) => Extents.AsSpan().SequenceEqual(other.Extents.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int extent in Extents)
        {
            hash.Add(extent);
        }

        return hash.ToHashCode();
    }

    /// <summary>Whether both shapes have the same extents.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether the shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The extents in the papers' notation: <c>64x56x56</c>; <c>scalar</c> for rank 0.</summary>
    public override string ToString() =>
        Rank == 0 ? "scalar" : string.Join('x', Extents.Select(e => e.ToString(CultureInfo.InvariantCulture)));
}
