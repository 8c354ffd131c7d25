using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Layer norm (Ba 2016) over the channels: normalizes all channels of each pixel to mean 0 and variance 1, then applies γ and β of the channel.</summary>
internal static unsafe class LayerNormKernel
{
    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), bit-identical for any number of parts.</summary>
    /// <remarks>The order of the sums is that of <see cref="ChannelMoments"/>. Lanes without a channel become 0.</remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="weight">γ of each channel, padded to whole blocks with zeros.</param>
    /// <param name="bias">β of each channel, padded to whole blocks with zeros.</param>
    /// <param name="eps">The epsilon added to the (biased) variance.</param>
    /// <param name="activation">The activation to apply last.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>; may be the input.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>: the same size, with any border.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Run(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float eps,
        Activation activation, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(outputLayout), $"layer norm of {inputLayout} to {outputLayout}: only the border may differ");
        Expect.Length(weight.Length, inputLayout.PaddedChannels, nameof(weight));
        Expect.Length(bias.Length, inputLayout.PaddedChannels, nameof(bias));
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(checked(batch * inputLayout.Height), part, parts);
        fixed (float* from = input, to = output, gamma = weight, beta = bias)
        {
            LanesDispatch.Run(inputLayout.Lanes, new LayerNormJob
            {
                Input = from,
                InputLayout = inputLayout,
                Output = to,
                OutputLayout = outputLayout,
                Weight = gamma,
                Bias = beta,
                Eps = eps,
                Activation = activation,
                First = begin,
                End = end,
            });
        }
    }
}
