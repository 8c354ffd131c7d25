using System.Collections.Immutable;

namespace Espalier.Formats;

/// <summary>What was read from a file of trained weights.</summary>
/// <param name="Format">The form of the file.</param>
/// <param name="StateDict">The tensors. Those of a safetensors file lie in the mapped file; all are read-only.</param>
/// <param name="Wrapper">The keys under which the state_dict was found, joined by dots; empty if it was the whole file.</param>
/// <param name="Notes">What else the file holds.</param>
public sealed record Checkpoint(CheckpointFormat Format, StateDict StateDict, string Wrapper, ImmutableArray<CheckpointNote> Notes);
