using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>Group norm (Wu and He 2018): normalizes each group of channels of each image to mean 0 and variance 1, then applies γ and β of the channel.</summary>
internal static unsafe class GroupNormKernel
{
    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/>, bit-identical for any number of parts.</summary>
    /// <remarks>
    /// Groups that share a block of lanes are computed by the same part; a single group over all channels (layer norm) of one image is one part's work.
    /// The variance is summed around the mean in a second pass, with rows of both in double, so that large means lose no precision.
    /// </remarks>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="groups">Number of groups; divides the channels.</param>
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
        ReadOnlySpan<float> input, BlockedLayout inputLayout, int groups, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float eps,
        Activation activation, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(outputLayout), $"group norm of {inputLayout} to {outputLayout}: only the border may differ");
        Expect.That(groups > 0 && inputLayout.Channels % groups == 0, $"{groups} groups do not divide {inputLayout.Channels} channels");
        Expect.Length(weight.Length, inputLayout.PaddedChannels, nameof(weight));
        Expect.Length(bias.Length, inputLayout.PaddedChannels, nameof(bias));
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));

        int groupChannels = inputLayout.Channels / groups;
        int clusterBlocks = ClusterBlocks(groupChannels, inputLayout.Lanes);
        int clusters = (inputLayout.Blocks + clusterBlocks - 1) / clusterBlocks;
        (int begin, int end) = WorkSplit.Range(checked(batch * clusters), part, parts);
        fixed (float* from = input, to = output, gamma = weight, beta = bias)
        {
            for (int unit = begin; unit < end; unit++)
            {
                int firstBlock = unit % clusters * clusterBlocks;
                LanesDispatch.Run(inputLayout.Lanes, new GroupNormJob
                {
                    Input = from,
                    InputLayout = inputLayout,
                    Output = to,
                    OutputLayout = outputLayout,
                    Weight = gamma,
                    Bias = beta,
                    Eps = eps,
                    Activation = activation,
                    GroupChannels = groupChannels,
                    Image = unit / clusters,
                    FirstBlock = firstBlock,
                    Blocks = Math.Min(clusterBlocks, inputLayout.Blocks - firstBlock),
                });
            }
        }
    }

    // The fewest blocks that hold only whole groups: the least common multiple of the group's channels and the lanes.
    private static int ClusterBlocks(int groupChannels, int lanes)
    {
        (int a, int b) = (groupChannels, lanes);
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return groupChannels / a;
    }
}
