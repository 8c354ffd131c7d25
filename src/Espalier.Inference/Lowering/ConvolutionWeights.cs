using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>What a convolution step keeps: plans for other shapes choose by the same sparsity, and may use the same memory.</summary>
/// <param name="Packed">The packed weights.</param>
/// <param name="Sparsity">Of the weights that were packed.</param>
internal sealed record ConvolutionWeights(PackedConvolution Packed, WeightSparsity Sparsity);
