using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>The part of a tensor that lies in chosen rows and columns, of any element type.</summary>
internal static class TensorCut
{
    /// <param name="tensor">Of rank 1 or more.</param>
    /// <param name="rows">Indices along the first axis.</param>
    /// <param name="columns">Indices along the second, or <see langword="null"/> where there is none.</param>
    internal static Tensor Of(Tensor tensor, int[] rows, int[]? columns)
    {
        int[] extents = [.. tensor.Shape];
        int rowBytes = tensor.Bytes.Length / extents[0];
        int columnBytes = columns is null ? rowBytes : rowBytes / extents[1];
        extents[0] = rows.Length;
        if (columns is not null)
        {
            extents[1] = columns.Length;
        }

        int[] starts = columns ?? [0];
        byte[] cut = GC.AllocateUninitializedArray<byte>(checked(rows.Length * starts.Length * columnBytes));
        ReadOnlySpan<byte> from = tensor.Bytes.Span;
        Span<byte> to = cut;
        foreach (int row in rows)
        {
            foreach (int column in starts)
            {
                from.Slice((row * rowBytes) + (column * columnBytes), columnBytes).CopyTo(to);
                to = to[columnBytes..];
            }
        }

        return Tensor.Over(Shape.Of(extents), tensor.Type, cut).Copy();
    }
}
