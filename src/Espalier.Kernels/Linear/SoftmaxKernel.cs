namespace Espalier.Kernels;

/// <summary>Softmax over the channels of each pixel: of a vector of classes, or of a map of them.</summary>
public static class SoftmaxKernel
{
    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), with the same bits for any split.</summary>
    /// <remarks>
    /// In double and one number at a time: thousands of classes cost microseconds, and the sum of many small probabilities stays exact.
    /// Lanes that hold no channel become 0. NaN or +∞ among the channels make NaN of all of them, as in PyTorch.
    /// </remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">The map that is read.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>; may be the input.</param>
    /// <param name="outputLayout">The same map, with any border.</param>
    /// <param name="batch">Images.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
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
            // Subtracting the greatest changes nothing over the reals and keeps the exponential from overflowing.
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
