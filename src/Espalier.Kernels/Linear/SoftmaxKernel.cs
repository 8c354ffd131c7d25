namespace Espalier.Kernels;

/// <summary>Softmax over the channels of each pixel, of a vector or of a map.</summary>
internal static class SoftmaxKernel
{
    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), bit-identical for any number of parts.</summary>
    /// <remarks>
    /// Computed in double, element by element: thousands of classes take microseconds, and the sum of many small probabilities stays accurate.
    /// Lanes without a channel become 0. NaN or +∞ in a channel gives NaN in all channels, as in PyTorch.
    /// </remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>; may be the input.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>: the same size, with any border.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Run(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(outputLayout), $"softmax of {inputLayout} to {outputLayout}: only the border may differ");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(checked(batch * inputLayout.Height), part, parts);
        for (int row = begin; row < end; row++)
        {
            (int image, int y) = (row / inputLayout.Height, row % inputLayout.Height);
            for (int x = 0; x < inputLayout.Width; x++)
            {
                Pixel(
                    input.Slice((image * inputLayout.Length) + inputLayout.Offset(0, y, x)), inputLayout,
                    output.Slice((image * outputLayout.Length) + outputLayout.Offset(0, y, x)), outputLayout);
            }
        }
    }

    private static void Pixel(ReadOnlySpan<float> input, BlockedLayout inputLayout, Span<float> output, BlockedLayout outputLayout)
    {
        float greatest = float.NegativeInfinity;
        for (int c = 0; c < inputLayout.Channels; c++)
        {
            greatest = MathF.Max(greatest, input[At(c, inputLayout)]);
        }

        double sum = 0;
        for (int c = 0; c < inputLayout.Channels; c++)
        {
            // Subtracting the maximum does not change the result over the reals and prevents overflow of the exponential.
            double power = Math.Exp((double)input[At(c, inputLayout)] - greatest);
            output[At(c, outputLayout)] = (float)power;
            sum += power;
        }

        for (int c = 0; c < outputLayout.PaddedChannels; c++)
        {
            ref float probability = ref output[At(c, outputLayout)];
            probability = c < outputLayout.Channels ? (float)(probability / sum) : 0;
        }
    }

    private static int At(int channel, BlockedLayout layout) => (channel / layout.Lanes * layout.BlockStride) + (channel % layout.Lanes);
}
