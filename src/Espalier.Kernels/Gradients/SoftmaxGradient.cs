namespace Espalier.Kernels;

/// <summary>The gradient of softmax over the channels of each pixel.</summary>
internal static class SoftmaxGradient
{
    /// <summary>dx = y·(dy − Σ y·dy). Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), bit-identical for any number of parts.</summary>
    /// <remarks>Computed in double, element by element, as in the forward pass. Lanes without a channel are not written.</remarks>
    /// <param name="output">Batch x <paramref name="outputLayout"/>: the softmax.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
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
