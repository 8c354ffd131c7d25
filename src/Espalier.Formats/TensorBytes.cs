namespace Espalier.Formats;

/// <summary>Checks of bytes that are about to become a tensor.</summary>
internal static class TensorBytes
{
    /// <summary>Booleans are 0 or 1: any other byte would make .NET's <see langword="bool"/> neither equal to true nor to false.</summary>
    public static void RequireBooleans(ElementType type, ReadOnlySpan<byte> bytes, string source, string name)
    {
        if (type == ElementType.Boolean && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is var at and >= 0)
        {
            MalformedInputException.Throw(source, null, $"tensor '{name}' is boolean, but its element {at} is {bytes[at]}");
        }
    }
}
