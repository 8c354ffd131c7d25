namespace Espalier.Formats;

/// <summary>Checks of bytes before they become a tensor.</summary>
internal static class TensorBytes
{
    /// <summary>Checks that booleans are 0 or 1: any other byte would make a .NET <see langword="bool"/> equal neither to true nor to false.</summary>
    public static void RequireBooleans(ElementType type, ReadOnlyMemory<byte> bytes, string source, string name)
    {
        if (type == ElementType.Boolean && bytes.Span.IndexOfAnyExceptInRange((byte)0, (byte)1) is var at and >= 0)
        {
            MalformedInputException.Throw(source, null, $"tensor '{name}' is boolean, but its element {at} is {bytes.Span[at]}");
        }
    }

    /// <summary>The number of bytes of a tensor, or <see langword="null"/> if the product of its non-zero extents and the element size exceeds <paramref name="limit"/>.</summary>
    /// <remarks>The other extents are checked even where one is 0, because <see cref="Shape.Count"/> multiplies them before it reaches the 0.</remarks>
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
