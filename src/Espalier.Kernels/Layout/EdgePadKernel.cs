using System.Buffers;
using System.Runtime.CompilerServices;
using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Padding with pixels of the map, reflected or replicated, and its gradient.</summary>
/// <remarks>Bit-identical for any number of parts. Borders of the layouts are neither read nor written.</remarks>
internal static unsafe class EdgePadKernel
{
    /// <summary>Copies maps into larger ones and repeats their pixels around them.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of the map to pad.</param>
    /// <param name="mode">Which pixels are repeated.</param>
    /// <param name="padding">Padding in pixels on each side; less than the map when reflecting.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of the padded map.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute, of the rows of all images.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Run(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, PaddingMode mode, Padding padding, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        ExpectPadded(inputLayout, mode, padding, outputLayout);
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        var source = new MapAddress(inputLayout);
        var target = new MapAddress(outputLayout);
        (int lanes, int width) = (inputLayout.Lanes, inputLayout.Width);
        (int begin, int end) = WorkSplit.Range(MapRow.Count(outputLayout, batch), part, parts);
        for (int unit = begin; unit < end; unit++)
        {
            MapRow row = MapRow.At(unit, outputLayout);
            int repeated = mode.Source(row.Row - padding.Top, inputLayout.Height);
            ReadOnlySpan<float> from = input.Slice((int)source.Of(row with { Row = repeated }), width * lanes);
            Span<float> to = output.Slice((int)target.Of(row), outputLayout.Width * lanes);
            from.CopyTo(to[(padding.Left * lanes)..]);
            for (int x = 0; x < padding.Left; x++)
            {
                Pixel(from, mode.Source(x - padding.Left, width), to, x, lanes);
            }

            for (int x = 0; x < padding.Right; x++)
            {
                Pixel(from, mode.Source(width + x, width), to, padding.Left + width + x, lanes);
            }
        }
    }

    private static void Pixel(ReadOnlySpan<float> from, int source, Span<float> to, int target, int lanes) => from.Slice(source * lanes, lanes).CopyTo(to[(target * lanes)..]);

    /// <summary>The gradient: every pixel of the padded map adds its gradient to the pixel that it repeats.</summary>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the padded map's gradient.</param>
    /// <param name="mode">Which pixels are repeated.</param>
    /// <param name="padding">Padding in pixels on each side.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute, of the blocks of all images.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Gradient(
        ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, PaddingMode mode, Padding padding,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        ExpectPadded(targetLayout, mode, padding, gradientLayout);
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        targetLayout.ExpectBatch(batch, target.Length, nameof(target));
        (int begin, int end) = WorkSplit.Range(batch * targetLayout.Blocks, part, parts);
        int[] columns = ArrayPool<int>.Shared.Rent(gradientLayout.Width);
        for (int x = 0; x < gradientLayout.Width; x++)
        {
            columns[x] = mode.Source(x - padding.Left, targetLayout.Width);
        }

        fixed (float* from = gradient, to = target)
        fixed (int* column = columns)
        {
            for (int plane = begin; plane < end; plane++)
            {
                MapRow first = new(plane / targetLayout.Blocks, plane % targetLayout.Blocks, 0);
                (nint read, nint written) = (new MapAddress(gradientLayout).Of(first), new MapAddress(targetLayout).Of(first));
                LanesDispatch.Run(targetLayout.Lanes, new BackwardJob(from + read, gradientLayout, mode, padding.Top, column, to + written, targetLayout, accumulate));
            }
        }

        ArrayPool<int>.Shared.Return(columns);
    }

    private static void ExpectPadded(BlockedLayout map, PaddingMode mode, Padding padding, BlockedLayout padded)
    {
        Expect.That(mode.IsRepeated(), "constant padding repeats no pixel");
        Expect.That(
            padded.Height == map.Height + padding.Top + padding.Bottom && padded.Width == map.Width + padding.Left + padding.Right, $"{map} padded by {padding} does not give {padded}");
        Expect.That(padded.Channels == map.Channels && padded.Lanes == map.Lanes, "padding changes neither channels nor lanes");
    }

    /// <summary>The gradient of one block of one image.</summary>
    private readonly struct BackwardJob(float* gradient, BlockedLayout gradientLayout, PaddingMode mode, int top, int* columns, float* target, BlockedLayout targetLayout, bool accumulate) : ILanesJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            for (int y = 0; y < targetLayout.Height && !accumulate; y++)
            {
                new Span<float>(target + ((nint)y * targetLayout.RowStride), targetLayout.Width * TLanes.Count).Clear();
            }

            for (int y = 0; y < gradientLayout.Height; y++)
            {
                float* from = gradient + ((nint)y * gradientLayout.RowStride);
                float* to = target + ((nint)mode.Source(y - top, targetLayout.Height) * targetLayout.RowStride);
                for (int x = 0; x < gradientLayout.Width; x++)
                {
                    float* pixel = to + ((nint)columns[x] * TLanes.Count);
                    TLanes.Store(pixel, TLanes.Add(TLanes.Load(pixel), TLanes.Load(from + ((nint)x * TLanes.Count))));
                }
            }
        }
    }
}
