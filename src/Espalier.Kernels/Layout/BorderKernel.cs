using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Writes the borders of maps: zeros for zero padding, or a value per channel.</summary>
internal static unsafe class BorderKernel
{
    /// <summary>Sets the whole border to zero; the map is not changed.</summary>
    /// <param name="map">Batch x <paramref name="layout"/>.</param>
    /// <param name="layout">Layout of the map, with its border.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute, of the blocks of all images.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Clear(Span<float> map, BlockedLayout layout, int batch, int part, int parts)
    {
        if (layout.Border != Padding.None)
        {
            Fill(map, layout, layout.Border, default, batch, part, parts);
        }
    }

    /// <summary>Fills the pixels adjacent to the map.</summary>
    /// <param name="map">Batch x <paramref name="layout"/>.</param>
    /// <param name="layout">Layout of the map, with its border.</param>
    /// <param name="ring">Number of pixels on each side, at most the border.</param>
    /// <param name="values">One value per channel, padded to whole blocks (see <see cref="BlockedLayout.PaddedChannels"/>); or empty for zeros.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute, of the blocks of all images.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Fill(Span<float> map, BlockedLayout layout, Padding ring, ReadOnlySpan<float> values, int batch, int part, int parts)
    {
        layout.ExpectBatch(batch, map.Length, nameof(map));
        Expect.LengthOrEmpty(values.Length, layout.PaddedChannels, nameof(values));
        Expect.That(Padding.Max(ring, layout.Border) == layout.Border, $"{ring} does not fit into {layout.Border}");
        (int begin, int end) = WorkSplit.Range(batch * layout.Blocks, part, parts);
        fixed (float* first = map, value = values)
        {
            LanesDispatch.Run(layout.Lanes, new Job(first, value, layout, ring, begin, end));
        }
    }

    /// <summary>Pads: copies maps into larger ones and sets the new pixels to their channel's value.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of the map to pad.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of the padded map; its own border is not written.</param>
    /// <param name="padding">Padding in pixels on each side.</param>
    /// <param name="values">One value per channel, padded to whole blocks; or empty for zeros.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Pad(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, Span<float> output, BlockedLayout outputLayout,
        Padding padding, ReadOnlySpan<float> values, int batch, int part, int parts)
    {
        // The padded map as the original one with a wider border: the same memory.
        Padding outer = outputLayout.Border;
        BlockedLayout view = inputLayout with
        {
            ImageBlocks = outputLayout.ImageBlocks,
            Border = outer + padding,
        };
        Expect.That(
            outputLayout.Height == inputLayout.Height + padding.Top + padding.Bottom && outputLayout.Width == inputLayout.Width + padding.Left + padding.Right,
            $"{inputLayout} padded by {padding} does not give {outputLayout}");
        Expect.That(outputLayout.Channels == inputLayout.Channels && outputLayout.Lanes == inputLayout.Lanes, "padding changes neither channels nor lanes");
        LayoutKernel.Copy(input, inputLayout, output, view, batch, part, parts);
        Fill(output, view, padding, values, batch, part, parts);
    }

    private readonly struct Job(float* map, float* values, BlockedLayout layout, Padding ring, int begin, int end) : ILanesJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            int right = layout.Width + ring.Right;
            for (int plane = begin; plane < end; plane++)
            {
                (int image, int block) = Math.DivRem(plane, layout.Blocks);
                float* origin = map + ((nint)image * layout.Length) + ((nint)block * layout.BlockStride) + layout.Origin;
                TLanes value = values == null ? TLanes.Zero : TLanes.Load(values + (block * TLanes.Count));
                for (int y = -ring.Top; y < layout.Height + ring.Bottom; y++)
                {
                    float* row = origin + ((nint)y * layout.RowStride);
                    bool besideTheMap = y >= 0 && y < layout.Height;
                    FillPixels(row, -ring.Left, besideTheMap ? 0 : right, value);
                    if (besideTheMap)
                    {
                        FillPixels(row, layout.Width, right, value);
                    }
                }
            }
        }

        private static void FillPixels<TLanes>(float* row, int from, int to, TLanes value) where TLanes : unmanaged, ILanes<TLanes>
        {
            for (int x = from; x < to; x++)
            {
                TLanes.Store(row + ((nint)x * TLanes.Count), value);
            }
        }
    }
}
