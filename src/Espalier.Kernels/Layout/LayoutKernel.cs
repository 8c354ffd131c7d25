using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Espalier.Kernels;

/// <summary>Converts images between row-major order [channel, row, column] and the <see cref="BlockedLayout"/>.</summary>
/// <remarks>
/// Every method computes part <c>part</c> of <c>parts</c>, a range of rows, bit-identical for any number of
/// parts. Borders are not written (see <see cref="BorderKernel"/>). A batch is a sequence of whole images.
/// </remarks>
internal static unsafe class LayoutKernel
{
    /// <summary>Converts row-major to blocked order; lanes without a channel become zero.</summary>
    /// <param name="plain">[batch][channels][height][width].</param>
    /// <param name="blocked">Batch x <paramref name="layout"/>.</param>
    /// <param name="layout">Layout of the output.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void ToBlocked(ReadOnlySpan<float> plain, Span<float> blocked, BlockedLayout layout, int batch, int part, int parts)
    {
        int image = layout.Channels * layout.Height * layout.Width;
        Expect.Length(plain.Length, (long)batch * image, nameof(plain));
        layout.ExpectBatch(batch, blocked.Length, nameof(blocked));
        var address = new MapAddress(layout);
        (int begin, int end) = WorkSplit.Range(MapRow.Count(layout, batch), part, parts);
        fixed (float* from = plain, to = blocked)
        {
            for (int unit = begin; unit < end; unit++)
            {
                MapRow row = MapRow.At(unit, layout);
                PackRow(from + ((nint)row.Image * image), to + address.Of(row), layout, row);
            }
        }
    }

    /// <summary>Converts blocked to row-major order.</summary>
    /// <param name="blocked">Batch x <paramref name="layout"/>.</param>
    /// <param name="layout">Layout of the input.</param>
    /// <param name="plain">[batch][channels][height][width].</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void ToPlain(ReadOnlySpan<float> blocked, BlockedLayout layout, Span<float> plain, int batch, int part, int parts)
    {
        int image = layout.Channels * layout.Height * layout.Width;
        Expect.Length(plain.Length, (long)batch * image, nameof(plain));
        Unpack(blocked, layout, plain, image, batch, part, parts);
    }

    /// <summary>Flattens: each image becomes a vector of features in row-major order, padded with zeros to whole blocks.</summary>
    /// <param name="input">Batch x <paramref name="layout"/>.</param>
    /// <param name="layout">Layout of the input.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of the output: as many channels as the map has elements, 1x1 pixels, without border.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Flatten(
        ReadOnlySpan<float> input, BlockedLayout layout, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        int image = layout.Channels * layout.Height * layout.Width;
        Expect.That(
            outputLayout == new BlockedLayout(image, 1, 1, outputLayout.Lanes), $"flatten of {layout} to {outputLayout}: expected {image} x 1 x 1 without border");
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        Unpack(input, layout, output, outputLayout.Length, batch, part, parts);
        if (part == 0)
        {
            for (int n = 0; n < batch; n++)
            {
                output.Slice((n * outputLayout.Length) + image, outputLayout.Length - image).Clear();
            }
        }
    }

    /// <summary>Copies a map to a layout with another border.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of the input.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of the output: the same size, with any border.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Copy(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(outputLayout), $"copy of {inputLayout} to {outputLayout}: only the border may differ");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        var source = new MapAddress(inputLayout);
        var target = new MapAddress(outputLayout);
        int length = inputLayout.Width * inputLayout.Lanes;
        (int begin, int end) = WorkSplit.Range(MapRow.Count(inputLayout, batch), part, parts);
        for (int unit = begin; unit < end; unit++)
        {
            MapRow row = MapRow.At(unit, inputLayout);
            input.Slice((int)source.Of(row), length).CopyTo(output[(int)target.Of(row)..]);
        }
    }

    private static void Unpack(ReadOnlySpan<float> blocked, BlockedLayout layout, Span<float> plain, int imageStride, int batch, int part, int parts)
    {
        layout.ExpectBatch(batch, blocked.Length, nameof(blocked));
        var address = new MapAddress(layout);
        (int begin, int end) = WorkSplit.Range(MapRow.Count(layout, batch), part, parts);
        fixed (float* from = blocked, to = plain)
        {
            for (int unit = begin; unit < end; unit++)
            {
                MapRow row = MapRow.At(unit, layout);
                UnpackRow(from + address.Of(row), to + ((nint)row.Image * imageStride), layout, row);
            }
        }
    }

    private static void PackRow(float* image, float* to, BlockedLayout layout, MapRow row)
    {
        int lanes = layout.Lanes;
        if (lanes == 4)
        {
            PackRowOf4(image, to, layout, row);
            return;
        }

        for (int lane = 0; lane < lanes; lane++)
        {
            int channel = (row.Block * lanes) + lane;
            float* from = image + ((((nint)channel * layout.Height) + row.Row) * layout.Width);
            for (int x = 0; x < layout.Width; x++)
            {
                to[(x * lanes) + lane] = channel < layout.Channels ? from[x] : 0;
            }
        }
    }

    // Whole pixels at once: lane by lane, the stores of an image in blocks of 4 would visit each cache line four times.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRowOf4(float* image, float* to, BlockedLayout layout, MapRow row)
    {
        int first = row.Block * 4;
        int last = layout.Channels - 1;
        nint plane = (nint)layout.Height * layout.Width;
        float* red = image + (first * plane) + ((nint)row.Row * layout.Width);
        float* green = red + (Math.Min(1, last - first) * plane); // a channel that is not there reads another and is masked
        float* blue = red + (Math.Min(2, last - first) * plane);
        float* alpha = red + (Math.Min(3, last - first) * plane);
        Vector128<int> there = Vector128.LessThanOrEqual(Vector128.Create(0, 1, 2, 3), Vector128.Create(last - first));
        for (nint x = 0; x < layout.Width; x++)
        {
            Vector128.Store(Vector128.Create(red[x], green[x], blue[x], alpha[x]) & there.AsSingle(), to + (4 * x));
        }
    }

    private static void UnpackRow(float* from, float* image, BlockedLayout layout, MapRow row)
    {
        int lanes = layout.Lanes;
        int used = Math.Min(lanes, layout.Channels - (row.Block * lanes));
        for (int lane = 0; lane < used; lane++)
        {
            int channel = (row.Block * lanes) + lane;
            float* to = image + ((((nint)channel * layout.Height) + row.Row) * layout.Width);
            for (int x = 0; x < layout.Width; x++)
            {
                to[x] = from[(x * lanes) + lane];
            }
        }
    }
}
