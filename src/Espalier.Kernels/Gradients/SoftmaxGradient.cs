namespace Espalier.Kernels;

/// <summary>The gradient of softmax over the channels of each pixel.</summary>
public static class SoftmaxGradient
{
    /// <summary>dx = y·(dy − Σ y·dy). Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), with the same bits for any split.</summary>
    /// <remarks>In double and one number at a time, as forward. Lanes that hold no channel are not touched.</remarks>
    /// <param name="output">Batch x <paramref name="outputLayout"/>: what softmax made.</param>
    /// <param name="outputLayout">Its layout.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">The output's gradient.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">The input's gradient.</param>
    /// <param name="accumulate">Whether to add.</param>
    /// <param name="batch">Images.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many.</param>
    public static void Run(
        ReadOnlySpan<float> output, BlockedLayout outputLayout, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        Expect.That(outputLayout.HasSameMap(gradientLayout) && outputLayout.HasSameMap(targetLayout), "a gradient has its value's map");
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        targetLayout.ExpectBatch(batch, target.Length, nameof(target));
        int pixels = outputLayout.Height * outputLayout.Width;
        (int begin, int end) = WorkSplit.Range(checked(batch * pixels), part, parts);
        for (int unit = begin; unit < end; unit++)
        {
            (int image, int y, int x) = (unit / pixels, unit % pixels / outputLayout.Width, unit % outputLayout.Width);
            double sum = 0;
            for (int c = 0; c < outputLayout.Channels; c++)
            {
                sum += (double)output[(image * outputLayout.Length) + outputLayout.Offset(c, y, x)] * gradient[(image * gradientLayout.Length) + gradientLayout.Offset(c, y, x)];
            }

            for (int c = 0; c < outputLayout.Channels; c++)
            {
                double added = output[(image * outputLayout.Length) + outputLayout.Offset(c, y, x)] * (gradient[(image * gradientLayout.Length) + gradientLayout.Offset(c, y, x)] - sum);
                ref float sumOfGradients = ref target[(image * targetLayout.Length) + targetLayout.Offset(c, y, x)];
                sumOfGradients = (float)(accumulate ? sumOfGradients + added : added);
            }
        }
    }
}
