namespace Espalier.Formats;

/// <summary>The names that the safetensors format gives to element types.</summary>
internal static class SafetensorsTypes
{
    private static readonly (string Name, ElementType Type)[] All =
    [
        ("F32", ElementType.Float32),
        ("F64", ElementType.Float64),
        ("F16", ElementType.Float16),
        ("BF16", ElementType.BFloat16),
        ("U8", ElementType.UInt8),
        ("I8", ElementType.Int8),
        ("I16", ElementType.Int16),
        ("I32", ElementType.Int32),
        ("I64", ElementType.Int64),
        ("BOOL", ElementType.Boolean),
    ];

    /// <summary>The supported names, for messages.</summary>
    public static string Known => string.Join(", ", All.Select(t => t.Name));

    /// <summary>The element type of the given name, or <see langword="null"/> if it is not supported.</summary>
    public static ElementType? Find(string name) => Array.FindIndex(All, t => t.Name == name) is var i and >= 0 ? All[i].Type : null;

    /// <summary>The name of an element type.</summary>
    public static string NameOf(ElementType type) => Array.Find(All, t => t.Type == type).Name;
}
