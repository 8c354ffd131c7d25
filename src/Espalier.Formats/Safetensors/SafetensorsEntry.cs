namespace Espalier.Formats;

/// <summary>One tensor of a safetensors header; <paramref name="Offset"/> is in bytes from the end of the header.</summary>
internal readonly record struct SafetensorsEntry(string Name, ElementType Type, Shape Shape, long Offset, int Length);
