namespace Espalier.Kernels;

/// <summary>One or two vectors of output channels that are computed together, and the input channels that they read.</summary>
/// <param name="Block">The first output channel block.</param>
/// <param name="Vectors">1 or 2.</param>
/// <param name="FirstChannel">The first input channel.</param>
/// <param name="Weights">The offset of the packed weights, in floats.</param>
internal readonly record struct OutputPanel(int Block, int Vectors, int FirstChannel, int Weights);
