namespace Espalier.Kernels;

/// <summary>Hands over some rows of a fully connected layer's weights: those of consecutive outputs.</summary>
/// <param name="firstOutput">The first of the outputs.</param>
/// <param name="weights">Where they go, [outputs][inputs]; its length says how many rows.</param>
public delegate void LinearRows(int firstOutput, Span<float> weights);
