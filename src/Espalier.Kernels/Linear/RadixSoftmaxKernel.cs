using System.Buffers;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>Softmax of every pixel across groups of channels, and its gradient.</summary>
/// <remarks>
/// Every method computes part <c>part</c> of <c>parts</c> (rows of all images), bit-identical for any number of parts. Lanes without a channel become 0.
/// NaN or +∞ in a channel of a group gives NaN in that channel of all groups, as in PyTorch.
/// </remarks>
internal static unsafe class RadixSoftmaxKernel
{
    /// <summary>Channel c of each group: eˣ / Σeˣ over the groups.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="radix">Number of groups; divides the channels.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>; may be the input.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>: the same size, with any border.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Run(ReadOnlySpan<float> input, BlockedLayout inputLayout, int radix, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(outputLayout) && inputLayout.Channels % radix == 0, $"softmax across {radix} groups of {inputLayout} to {outputLayout}");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        int each = inputLayout.Channels / radix;
        int padded = (each + inputLayout.Lanes - 1) / inputLayout.Lanes * inputLayout.Lanes;
        float[] pixel = ArrayPool<float>.Shared.Rent(radix * padded);
        pixel.AsSpan(0, radix * padded).Clear();
        (int begin, int end) = WorkSplit.Range(checked(batch * inputLayout.Height * inputLayout.Width), part, parts);
        for (int unit = begin; unit < end; unit++)
        {
            ReadOnlySpan<float> from = input.Slice(PixelOf(unit, inputLayout));
            for (int c = 0; c < inputLayout.Channels; c++)
            {
                pixel[(c / each * padded) + (c % each)] = from[At(c, inputLayout)];
            }

            fixed (float* first = pixel)
            {
                LanesDispatch.Run(inputLayout.Lanes, new Job(first, radix, padded));
            }

            Span<float> to = output.Slice(PixelOf(unit, outputLayout));
            for (int c = 0; c < outputLayout.PaddedChannels; c++)
            {
                to[At(c, outputLayout)] = c < outputLayout.Channels ? pixel[(c / each * padded) + (c % each)] : 0;
            }
        }

        ArrayPool<float>.Shared.Return(pixel);
    }

    /// <summary>The gradient: y · (gradient − Σ y · gradient over the groups), in double.</summary>
    /// <param name="output">Batch x <paramref name="outputLayout"/>: the softmax, y.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="radix">Number of groups.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Gradient(
        ReadOnlySpan<float> output, BlockedLayout outputLayout, int radix, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        Expect.That(outputLayout.HasSameMap(gradientLayout) && outputLayout.HasSameMap(targetLayout), "a gradient has its value's map");
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        targetLayout.ExpectBatch(batch, target.Length, nameof(target));
        int each = outputLayout.Channels / radix;
        (int begin, int end) = WorkSplit.Range(checked(batch * outputLayout.Height * outputLayout.Width), part, parts);
        for (int unit = begin; unit < end; unit++)
        {
            ReadOnlySpan<float> y = output.Slice(PixelOf(unit, outputLayout));
            ReadOnlySpan<float> g = gradient.Slice(PixelOf(unit, gradientLayout));
            Span<float> to = target.Slice(PixelOf(unit, targetLayout));
            for (int c = 0; c < targetLayout.PaddedChannels; c++)
            {
                double added = 0;
                if (c < outputLayout.Channels)
                {
                    double sum = 0;
                    for (int other = c % each; other < outputLayout.Channels; other += each)
                    {
                        sum += (double)y[At(other, outputLayout)] * g[At(other, gradientLayout)];
                    }

                    added = y[At(c, outputLayout)] * (g[At(c, gradientLayout)] - sum);
                }

                ref float element = ref to[At(c, targetLayout)];
                element = (float)(accumulate ? element + added : added);
            }
        }
    }

    // The first element of a pixel of a batch.
    private static int PixelOf(int unit, BlockedLayout layout)
    {
        (int row, int x) = Math.DivRem(unit, layout.Width);
        return (row / layout.Height * layout.Length) + layout.Offset(0, row % layout.Height, x);
    }

    private static int At(int channel, BlockedLayout layout) => (channel / layout.Lanes * layout.BlockStride) + (channel % layout.Lanes);

    /// <summary>One pixel in place: groups of <paramref name="padded"/> channels one after the other.</summary>
    private readonly struct Job(float* pixel, int radix, int padded) : ILanesJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            for (float* first = pixel; first < pixel + padded; first += TLanes.Count)
            {
                float* end = first + ((nint)radix * padded);
                TLanes greatest = TLanes.Load(first);
                for (float* at = first; at < end; at += padded)
                {
                    greatest = TLanes.MaxOrNaN(greatest, TLanes.Load(at));
                }

                TLanes sum = TLanes.Zero;
                for (float* at = first; at < end; at += padded)
                {
                    TLanes power = LaneExponential.Of(TLanes.Subtract(TLanes.Load(at), greatest)); // at most 1
                    TLanes.Store(at, power);
                    sum = TLanes.Add(sum, power);
                }

                for (float* at = first; at < end; at += padded)
                {
                    TLanes.Store(at, TLanes.Divide(TLanes.Load(at), sum));
                }
            }
        }
    }
}
