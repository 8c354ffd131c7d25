namespace Espalier.Formats;

/// <summary>A safetensors file: its tensors in the header's order, and its <c>__metadata__</c>.</summary>
/// <param name="Tensors">The tensors.</param>
/// <param name="Metadata">Free text by free keys, in the header's order.</param>
public sealed record SafetensorsFile(StateDict Tensors, IReadOnlyList<KeyValuePair<string, string>> Metadata);
