namespace Espalier.Kernels;

/// <summary>Provides consecutive rows of a fully connected layer's weights.</summary>
/// <param name="firstOutput">The output index of the first row.</param>
/// <param name="weights">Receives the weights, [outputs][inputs]; its length gives the number of rows.</param>
internal delegate void LinearRows(int firstOutput, Span<float> weights);
