using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using Espalier.Tensors;

namespace Espalier.Imaging;

/// <summary>Resizes in two passes, horizontally and then vertically, with 8-bit results in between: Pillow's <c>Image.resize</c> bit for bit.</summary>
internal static class Resampler
{
    private const int VectorBytes = 16;

    /// <summary>Computes the pixels of one region of a resized image, without computing the others.</summary>
    /// <param name="image">The image to resize.</param>
    /// <param name="width">Width of the whole resized image, in pixels.</param>
    /// <param name="height">Height of the whole resized image, in pixels.</param>
    /// <param name="region">The region of the resized image to compute.</param>
    /// <param name="interpolation">The filter to resize with.</param>
    /// <param name="pixels">The region's pixels, row by row.</param>
    public static void Resize(PixelView image, int width, int height, PixelRegion region, Interpolation interpolation, Span<byte> pixels)
    {
        if (interpolation == Interpolation.Nearest)
        {
            NearestPixels.Copy(image, width, height, region, pixels);
            return;
        }

        ResampleWeights down = ResampleWeights.Create(image.Height, height, region.Top, region.Height, interpolation);
        (int firstRow, int endRow) = down.InputRange();
        int stride = region.Width * Image.Channels;
        long length = (long)(endRow - firstRow) * stride;
        if (length > Array.MaxLength)
        {
            throw new EspalierException($"Resizing a {image.Width}x{image.Height} RGB image to {width}x{height} needs {length} bytes between its two passes, more than fit into one array.");
        }

        byte[] narrowed = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            ResizeRows(image, width, region, firstRow, endRow, interpolation, narrowed);
            for (int y = 0; y < region.Height; y++)
            {
                Blend(narrowed.AsSpan((down.First(y) - firstRow) * stride), stride, down.Of(y), pixels.Slice(y * stride, stride));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(narrowed);
        }
    }

    private static void ResizeRows(PixelView image, int width, PixelRegion region, int firstRow, int endRow, Interpolation interpolation, Span<byte> target)
    {
        int stride = region.Width * Image.Channels;
        if (width == image.Width)
        {
            for (int y = firstRow; y < endRow; y++)
            {
                image.Row(y).Slice(region.Left * Image.Channels, stride).CopyTo(target[((y - firstRow) * stride)..]);
            }

            return;
        }

        ResampleWeights across = ResampleWeights.Create(image.Width, width, region.Left, region.Width, interpolation);
        byte[] row = new byte[(image.Width * Image.Channels) + 1]; // each pixel, also the last, is read as four bytes
        for (int y = firstRow; y < endRow; y++)
        {
            image.Row(y).CopyTo(row);
            ResizeRow(row, across, target.Slice((y - firstRow) * stride, stride));
        }
    }

    /// <summary>Resizes one row horizontally: each output pixel is a weighted sum, with one vector lane per channel.</summary>
    private static void ResizeRow(ReadOnlySpan<byte> row, ResampleWeights across, Span<byte> target)
    {
        for (int x = 0; x < across.Outputs; x++)
        {
            ReadOnlySpan<int> weights = across.Of(x);
            ReadOnlySpan<byte> source = row[(across.First(x) * Image.Channels)..];
            Vector128<int> sum = Vector128.Create(ResampleWeights.Half);
            for (int i = 0; i < weights.Length; i++)
            {
                uint pixel = BinaryPrimitives.ReadUInt32LittleEndian(source[(i * Image.Channels)..]);
                Vector128<byte> bytes = Vector128.CreateScalar(pixel).AsByte();
                sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * weights[i];
            }

            Vector128<int> value = Vector128.Clamp(sum >> ResampleWeights.FractionBits, Vector128<int>.Zero, Vector128.Create(255));
            int to = x * Image.Channels;
            target[to] = (byte)value[0];
            target[to + 1] = (byte)value[1];
            target[to + 2] = (byte)value[2];
        }
    }

    /// <summary>The weighted sum of rows that are <paramref name="stride"/> bytes apart.</summary>
    private static void Blend(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights, Span<byte> target)
    {
        int x = 0;
        for (; x <= stride - VectorBytes; x += VectorBytes)
        {
            Vector256<int> low = Vector256.Create(ResampleWeights.Half), high = low;
            for (int i = 0; i < weights.Length; i++)
            {
                Vector128<byte> bytes = Vector128.Create(rows.Slice((i * stride) + x, VectorBytes));
                Vector256<ushort> words = Vector256.Create(Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes));
                low += Vector256.WidenLower(words).AsInt32() * weights[i];
                high += Vector256.WidenUpper(words).AsInt32() * weights[i];
            }

            Vector256<short> rounded = Vector256.Narrow(ToByteRange(low), ToByteRange(high));
            Vector128.Narrow(rounded.GetLower().AsUInt16(), rounded.GetUpper().AsUInt16()).CopyTo(target[x..]);
        }

        for (; x < stride; x++)
        {
            int sum = ResampleWeights.Half;
            for (int i = 0; i < weights.Length; i++)
            {
                sum += rows[(i * stride) + x] * weights[i];
            }

            target[x] = (byte)Math.Clamp(sum >> ResampleWeights.FractionBits, 0, 255);
        }
    }

    private static Vector256<int> ToByteRange(Vector256<int> sum) =>
        Vector256.Clamp(sum >> ResampleWeights.FractionBits, Vector256<int>.Zero, Vector256.Create(255));
}
