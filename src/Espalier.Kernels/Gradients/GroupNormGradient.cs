namespace Espalier.Kernels;

/// <summary>The gradient of group norm, including that through its statistics, which are computed again from the input.</summary>
/// <remarks>
/// Two phases: <see cref="Propagate"/> computes the input's gradient and stores each image's contribution to the parameters' gradients in a workspace that all
/// parts share; when all its parts are done, <see cref="Reduce"/> adds those in the order of the images. Computed in double, element by element.
/// </remarks>
internal static class GroupNormGradient
{
    /// <summary>Floats of the workspace.</summary>
    public static int WorkspaceLength(int channels, int batch) => checked(2 * channels * batch);

    /// <summary>First phase: part <paramref name="part"/> of <paramref name="parts"/> (groups of all images), bit-identical for any number of parts.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of the norm's input.</param>
    /// <param name="groups">Number of groups; divides the channels.</param>
    /// <param name="weight">γ of each channel.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>; empty to skip it.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to it instead of overwriting it.</param>
    /// <param name="workspace"><see cref="WorkspaceLength"/> floats.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Propagate(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, int groups, ReadOnlySpan<float> weight, float eps, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, Span<float> workspace, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(gradientLayout) && inputLayout.HasSameMap(targetLayout), "a gradient has its value's map");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        Expect.LengthOrEmpty(target.Length, (long)batch * targetLayout.Length, nameof(target));
        int channels = inputLayout.Channels;
        int each = channels / groups;
        (int begin, int end) = WorkSplit.Range(batch * groups, part, parts);
        for (int unit = begin; unit < end; unit++)
        {
            (int image, int first) = (unit / groups, unit % groups * each);
            ReadOnlySpan<float> x = input.Slice(image * inputLayout.Length, inputLayout.Length);
            ReadOnlySpan<float> dy = gradient.Slice(image * gradientLayout.Length, gradientLayout.Length);
            (double mean, double deviation) = Moments(x, inputLayout, first, each, eps);
            Span<float> sums = workspace.Slice(2 * image * channels, 2 * channels);
            (double sum, double product) = Sums(x, inputLayout, dy, gradientLayout, weight, first, each, mean, deviation, sums);
            if (!target.IsEmpty)
            {
                double count = (double)each * inputLayout.Height * inputLayout.Width;
                Span<float> dx = target.Slice(image * targetLayout.Length, targetLayout.Length);
                for (int c = first; c < first + each; c++)
                {
                    for (int pixel = 0; pixel < inputLayout.Height * inputLayout.Width; pixel++)
                    {
                        (int row, int column) = (pixel / inputLayout.Width, pixel % inputLayout.Width);
                        double normalized = (x[inputLayout.Offset(c, row, column)] - mean) / deviation;
                        double added = (((double)dy[gradientLayout.Offset(c, row, column)] * weight[c]) - ((sum + (normalized * product)) / count)) / deviation;
                        ref float to = ref dx[targetLayout.Offset(c, row, column)];
                        to = (float)(accumulate ? to + added : added);
                    }
                }
            }
        }
    }

    /// <summary>Second phase: part <paramref name="part"/> of <paramref name="parts"/> (channels), bit-identical for any number of parts.</summary>
    /// <param name="workspace">The workspace of the first phase.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="weightGradient">One value for each channel; empty to skip it.</param>
    /// <param name="biasGradient">One value for each channel; empty to skip it.</param>
    /// <param name="accumulateWeight">Whether to add to the weights' gradient.</param>
    /// <param name="accumulateBias">Whether to add to the biases' gradient.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Reduce(
        ReadOnlySpan<float> workspace, int channels, Span<float> weightGradient, Span<float> biasGradient, bool accumulateWeight, bool accumulateBias, int batch, int part, int parts)
    {
        (int begin, int end) = WorkSplit.Range(channels, part, parts);
        for (int c = begin; c < end; c++)
        {
            (double weight, double bias) = (0, 0);
            for (int image = 0; image < batch; image++)
            {
                weight += workspace[(2 * image * channels) + c];
                bias += workspace[(((2 * image) + 1) * channels) + c];
            }

            if (!weightGradient.IsEmpty)
            {
                weightGradient[c] = (float)(accumulateWeight ? weightGradient[c] + weight : weight);
            }

            if (!biasGradient.IsEmpty)
            {
                biasGradient[c] = (float)(accumulateBias ? biasGradient[c] + bias : bias);
            }
        }
    }

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<float> x, BlockedLayout layout, int first, int each, float eps)
    {
        double sum = 0;
        int pixels = layout.Height * layout.Width;
        for (int i = 0; i < each * pixels; i++)
        {
            sum += x[layout.Offset(first + (i / pixels), i % pixels / layout.Width, i % layout.Width)];
        }

        double mean = sum / ((double)each * pixels);
        double squares = 0;
        for (int i = 0; i < each * pixels; i++)
        {
            double difference = x[layout.Offset(first + (i / pixels), i % pixels / layout.Width, i % layout.Width)] - mean;
            squares += difference * difference;
        }

        return (mean, Math.Sqrt((squares / ((double)each * pixels)) + eps));
    }

    private static (double Sum, double Product) Sums(
        ReadOnlySpan<float> x, BlockedLayout xLayout, ReadOnlySpan<float> dy, BlockedLayout dyLayout, ReadOnlySpan<float> weight, int first, int each, double mean, double deviation, Span<float> sums)
    {
        (double total, double totalProduct) = (0, 0);
        int channels = sums.Length / 2;
        for (int c = first; c < first + each; c++)
        {
            (double sum, double product) = (0, 0);
            for (int pixel = 0; pixel < xLayout.Height * xLayout.Width; pixel++)
            {
                (int row, int column) = (pixel / xLayout.Width, pixel % xLayout.Width);
                double gradient = dy[dyLayout.Offset(c, row, column)];
                sum += gradient;
                product += gradient * (x[xLayout.Offset(c, row, column)] - mean) / deviation;
            }

            (sums[c], sums[channels + c]) = ((float)product, (float)sum);
            total += sum * weight[c];
            totalProduct += product * weight[c];
        }

        return (total, totalProduct);
    }
}
