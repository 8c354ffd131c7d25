using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Copies the selected rows and columns of a tensor of any element type.</summary>
internal static class TensorCut
{
    /// <param name="tensor">A tensor of rank 1 or more; of rank 2 or more if there are columns.</param>
    /// <param name="rows">The indices to keep along the first axis.</param>
    /// <param name="columns">The indices to keep along the second axis, or <see langword="null"/> to keep all.</param>
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
