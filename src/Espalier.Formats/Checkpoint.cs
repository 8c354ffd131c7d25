using System.Collections.Immutable;

namespace Espalier.Formats;

/// <summary>The content of a checkpoint file.</summary>
/// <param name="Format">The format of the file.</param>
/// <param name="StateDict">The tensors, all read-only. Those of a safetensors file lie in the memory-mapped file.</param>
/// <param name="Wrapper">The keys under which the state_dict was found, joined by dots; empty if the file itself is the state_dict.</param>
/// <param name="Notes">Other entries of the file, as text.</param>
public sealed record Checkpoint(CheckpointFormat Format, StateDict StateDict, string Wrapper, ImmutableArray<CheckpointNote> Notes);
