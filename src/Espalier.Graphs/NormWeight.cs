namespace Espalier.Graphs;

/// <summary>A norm that begins with a weight of its own.</summary>
/// <param name="Norm">The norm's name.</param>
/// <param name="Weight">What each of its channels is multiplied with before training.</param>
public readonly record struct NormWeight(string Norm, double Weight);
