namespace Espalier.Graphs;

/// <summary>The initial weight of one norm.</summary>
/// <param name="Norm">The norm's name.</param>
/// <param name="Weight">The initial weight of all its channels.</param>
public readonly record struct NormWeight(string Norm, double Weight);
