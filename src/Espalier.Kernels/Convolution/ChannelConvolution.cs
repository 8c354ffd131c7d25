using System.Buffers;
using System.Runtime.CompilerServices;

namespace Espalier.Kernels;

/// <summary>A one-dimensional convolution along the channels of one pixel (Wang 2020, ECA-Net), padded with zeros to keep their number, and its gradients.</summary>
internal static unsafe class ChannelConvolution
{
    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/> (images), bit-identical for any number of parts.</summary>
    /// <remarks>Lanes without a channel become 0. With the weights in reverse order it is the gradient of the input.</remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>: one pixel, with any border.</param>
    /// <param name="weights">The kernel; an odd number of weights.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>: as many channels.</param>
    /// <param name="accumulate">Whether to add to the output instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Run(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> weights, Span<float> output, BlockedLayout outputLayout, bool accumulate, int batch, int part, int parts)
    {
        ExpectPixels(inputLayout, outputLayout, weights.Length);
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        int reach = weights.Length / 2;
        float[] sequence = ArrayPool<float>.Shared.Rent(inputLayout.PaddedChannels + (2 * reach));
        (int begin, int end) = WorkSplit.Range(batch, part, parts);
        for (int image = begin; image < end; image++)
        {
            sequence.AsSpan(0, inputLayout.PaddedChannels + (2 * reach)).Clear();
            Gather(input.Slice(image * inputLayout.Length), inputLayout, sequence.AsSpan(reach));
            fixed (float* from = sequence, weight = weights, to = output.Slice(image * outputLayout.Length))
            {
                LanesDispatch.Run(outputLayout.Lanes, new Job(from, weight, weights.Length, to, outputLayout, accumulate));
            }
        }

        ArrayPool<float>.Shared.Return(sequence);
    }

    /// <summary>The gradient of the kernel: part <paramref name="part"/> of <paramref name="parts"/> (weights), bit-identical for any number of parts. Summed in double.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="target">The gradient of the weights.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void WeightGradient(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout, Span<float> target, bool accumulate, int batch, int part, int parts)
    {
        ExpectPixels(inputLayout, gradientLayout, target.Length);
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        (int begin, int end) = WorkSplit.Range(target.Length, part, parts);
        for (int i = begin; i < end; i++)
        {
            int shift = i - (target.Length / 2);
            double sum = accumulate ? target[i] : 0;
            for (int image = 0; image < batch; image++)
            {
                for (int c = Math.Max(0, -shift); c < inputLayout.Channels - Math.Max(0, shift); c++)
                {
                    sum += (double)gradient[(image * gradientLayout.Length) + gradientLayout.Offset(c, 0, 0)] * input[(image * inputLayout.Length) + inputLayout.Offset(c + shift, 0, 0)];
                }
            }

            target[i] = (float)sum;
        }
    }

    private static void ExpectPixels(BlockedLayout input, BlockedLayout output, int weights)
    {
        Expect.That(input is { Height: 1, Width: 1 } && input.HasSameMap(output), $"channels of {input} to {output}: expected one pixel of as many channels");
        Expect.That(weights % 2 == 1, $"a kernel of {weights} weights is not odd");
    }

    private static void Gather(ReadOnlySpan<float> pixel, BlockedLayout layout, Span<float> sequence)
    {
        for (int first = 0; first < layout.Channels; first += layout.Lanes)
        {
            pixel.Slice(layout.Offset(first, 0, 0), Math.Min(layout.Lanes, layout.Channels - first)).CopyTo(sequence[first..]);
        }
    }

    private readonly struct Job(float* sequence, float* weights, int count, float* output, BlockedLayout layout, bool accumulate) : ILanesJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>() where TLanes : unmanaged, ILanes<TLanes>
        {
            float* to = output;
            for (int block = 0; block < layout.Blocks; block++)
            {
                to = output + layout.Offset(block * TLanes.Count, 0, 0);
                TLanes sum = accumulate ? TLanes.Load(to) : TLanes.Zero;
                for (int i = 0; i < count; i++)
                {
                    sum = TLanes.MultiplyAdd(TLanes.Broadcast(weights[i]), TLanes.Load(sequence + (block * TLanes.Count) + i), sum);
                }

                TLanes.Store(to, sum);
            }

            int used = layout.Channels - ((layout.Blocks - 1) * TLanes.Count);
            new Span<float>(to + used, TLanes.Count - used).Clear();
        }
    }
}
