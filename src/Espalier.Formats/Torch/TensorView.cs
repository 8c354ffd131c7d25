namespace Espalier.Formats;

/// <summary>A tensor as PyTorch keeps it: a storage seen through an offset, sizes and strides, all counted in elements. Not yet checked.</summary>
internal sealed record TensorView(TorchStorage Storage, long Offset, long[] Sizes, long[] Strides);
