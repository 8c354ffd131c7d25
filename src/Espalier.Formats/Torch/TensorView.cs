namespace Espalier.Formats;

/// <summary>A tensor as PyTorch stores it: a storage with offset, sizes and strides, all in elements. Not yet checked.</summary>
internal sealed record TensorView(TorchStorage Storage, long Offset, long[] Sizes, long[] Strides);
