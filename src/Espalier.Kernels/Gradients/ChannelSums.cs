namespace Espalier.Kernels;

/// <summary>Sums over the pixels of a batch for two parameters per channel, such as γ and β: every row of the batch is summed on its own, and then the rows in order.</summary>
/// <remarks>So the bits of the sums depend neither on the number of parts nor on which part computed a row.</remarks>
internal static unsafe class ChannelSums
{
    private const int Channels = 16; // that are added up at once

    /// <summary>Floats of the workspace, [row of the batch][weight, bias][padded channels].</summary>
    public static int WorkspaceLength(BlockedLayout layout, int batch) => checked(2 * layout.PaddedChannels * layout.Height * batch);

    /// <summary>Adds up the rows: part <paramref name="part"/> of <paramref name="parts"/> (channels), in double.</summary>
    /// <param name="workspace">The sums of the rows.</param>
    /// <param name="layout">Layout of the map.</param>
    /// <param name="weightGradient">One value for each channel; empty to skip it.</param>
    /// <param name="biasGradient">One value for each channel; empty to skip it.</param>
    /// <param name="accumulate">Whether to add to the gradients instead of overwriting them.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Reduce(ReadOnlySpan<float> workspace, BlockedLayout layout, Span<float> weightGradient, Span<float> biasGradient, bool accumulate, int batch, int part, int parts)
    {
        (int begin, int end) = WorkSplit.Range(layout.Channels, part, parts);
        int rows = batch * layout.Height;
        double* sums = stackalloc double[2 * Channels];
        for (int first = begin; first < end; first += Channels)
        {
            int count = Math.Min(Channels, end - first);
            new Span<double>(sums, 2 * Channels).Clear();
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> weights = workspace.Slice((2 * row * layout.PaddedChannels) + first, count);
                ReadOnlySpan<float> biases = workspace.Slice((((2 * row) + 1) * layout.PaddedChannels) + first, count);
                for (int c = 0; c < count; c++)
                {
                    sums[c] += weights[c];
                    sums[Channels + c] += biases[c];
                }
            }

            Write(new ReadOnlySpan<double>(sums, count), weightGradient, first, accumulate);
            Write(new ReadOnlySpan<double>(sums + Channels, count), biasGradient, first, accumulate);
        }
    }

    private static void Write(ReadOnlySpan<double> sums, Span<float> gradient, int first, bool accumulate)
    {
        for (int c = 0; c < sums.Length && !gradient.IsEmpty; c++)
        {
            gradient[first + c] = (float)(accumulate ? gradient[first + c] + sums[c] : sums[c]);
        }
    }
}
