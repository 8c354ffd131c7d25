using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>The weights that a convolution step keeps, for plans of other shapes to share.</summary>
/// <param name="Packed">The packed weights.</param>
/// <param name="Sparsity">Sparsity of the weights.</param>
internal sealed record ConvolutionWeights(PackedConvolution Packed, WeightSparsity Sparsity);
