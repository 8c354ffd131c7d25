using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>A model and where its numbers come from.</summary>
/// <param name="Model">The model.</param>
/// <param name="Trained">Whether they come from a file; if not, they are random and its answers mean nothing.</param>
internal readonly record struct LoadedModel(Model Model, bool Trained);
