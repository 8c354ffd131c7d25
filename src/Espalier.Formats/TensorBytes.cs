namespace Espalier.Formats;

/// <summary>Checks of bytes that are about to become a tensor.</summary>
internal static class TensorBytes
{
    /// <summary>Booleans are 0 or 1: any other byte would make .NET's <see langword="bool"/> neither equal to true nor to false.</summary>
    public static void RequireBooleans(ElementType type, ReadOnlyMemory<byte> bytes, string source, string name)
    {
        if (type == ElementType.Boolean && bytes.Span.IndexOfAnyExceptInRange((byte)0, (byte)1) is var at and >= 0)
        {
            MalformedInputException.Throw(source, null, $"tensor '{name}' is boolean, but its element {at} is {bytes.Span[at]}");
        }
    }

    /// <summary>The product of the extents and an element's size; none if it, leaving out extents of 0, is more than <paramref name="limit"/>.</summary>
    /// <remarks>Extents of 0 do not excuse the others: <see cref="Shape.Count"/> would overflow on the way to its 0.</remarks>
    public static long? Length(ReadOnlySpan<long> extents, int size, long limit)
    {
        Int128 product = size;
        bool empty = false;
        foreach (long extent in extents)
        {
            empty |= extent == 0;
            product *= Math.Max(1, extent);
            if (product > limit)
            {
                return null;
            }
        }

        return empty ? 0 : (long)product;
    }
}
