using Espalier.Kernels;

namespace Espalier.Inference;

/// <summary>The weights that a convolution step keeps, for plans of other shapes to share.</summary>
/// <param name="Packed">The packed weights.</param>
/// <param name="Sparsity">Sparsity of the weights.</param>
internal sealed record ConvolutionWeights(PackedConvolution Packed, WeightSparsity Sparsity);

/// <summary>The weights of two convolutions that are computed together.</summary>
/// <param name="FirstName">The name of the step that the first would be.</param>
/// <param name="First">The weights of the first.</param>
/// <param name="Second">The weights of the depthwise one.</param>
internal sealed record PairWeights(string FirstName, ConvolutionWeights First, ConvolutionWeights Second);
