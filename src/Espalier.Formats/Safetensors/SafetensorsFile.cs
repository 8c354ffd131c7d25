namespace Espalier.Formats;

/// <summary>The content of a safetensors file: its tensors in the header's order, and its <c>__metadata__</c>.</summary>
/// <param name="Tensors">The tensors, in the header's order.</param>
/// <param name="Metadata">Texts by key, in the header's order.</param>
public sealed record SafetensorsFile(StateDict Tensors, IReadOnlyList<KeyValuePair<string, string>> Metadata)
{
    /// <summary>Tensors of types that are not supported (complex, 8-bit floating point, unsigned 16 to 64 bits), with the reason; they are not in <see cref="Tensors"/>.</summary>
    public IReadOnlyList<CheckpointNote> Unreadable { get; init; } = [];
}
