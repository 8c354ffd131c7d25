using System.Collections.Immutable;

namespace Espalier.Formats;

/// <summary>The content of a checkpoint file.</summary>
/// <param name="Format">The format of the file.</param>
/// <param name="StateDict">The tensors, all read-only. Large ones are read from the file when they are used.</param>
/// <param name="Wrapper">The keys under which the state_dict was found, joined by dots; empty if the file itself is the state_dict.</param>
/// <param name="Notes">Other entries of the file, as text.</param>
public sealed record Checkpoint(CheckpointFormat Format, StateDict StateDict, string Wrapper, ImmutableArray<CheckpointNote> Notes)
{
    /// <summary>Tensors of kinds that are not supported (sparse, quantized, complex, 8-bit floating point, unsigned 16 to 64 bits), with the reason; they are not in <see cref="StateDict"/>.</summary>
    public ImmutableArray<CheckpointNote> Unreadable { get; init; } = [];
}
