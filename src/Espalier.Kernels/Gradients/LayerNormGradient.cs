namespace Espalier.Kernels;

/// <summary>The gradient of layer norm, including that through its statistics, which are computed again from the input.</summary>
/// <remarks>Two phases: <see cref="Propagate"/> computes the input's gradient and the parameters' sums of each row; when all its parts are done, <see cref="ChannelSums.Reduce"/> adds those up.</remarks>
internal static unsafe class LayerNormGradient
{
    /// <summary>First phase: part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), bit-identical for any number of parts.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of the norm's input.</param>
    /// <param name="weight">γ of each channel, padded to whole blocks with zeros.</param>
    /// <param name="eps">The epsilon added to the variance.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>; empty to skip it.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to it instead of overwriting it.</param>
    /// <param name="workspace"><see cref="ChannelSums.WorkspaceLength"/> floats.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Propagate(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> weight, float eps, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, Span<float> workspace, int batch, int part, int parts)
    {
        Expect.That(inputLayout.HasSameMap(gradientLayout) && inputLayout.HasSameMap(targetLayout), "a gradient has its value's map");
        Expect.Length(weight.Length, inputLayout.PaddedChannels, nameof(weight));
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        Expect.LengthOrEmpty(target.Length, (long)batch * targetLayout.Length, nameof(target));
        Expect.That(workspace.Length >= ChannelSums.WorkspaceLength(inputLayout, batch), "the workspace is too short");
        (int begin, int end) = WorkSplit.Range(checked(batch * inputLayout.Height), part, parts);
        fixed (float* x = input, gamma = weight, dy = gradient, dx = target, sums = workspace)
        {
            LanesDispatch.Run(inputLayout.Lanes, new LayerNormGradientJob
            {
                Input = x,
                InputLayout = inputLayout,
                Weight = gamma,
                Eps = eps,
                Gradient = dy,
                GradientLayout = gradientLayout,
                Target = dx,
                TargetLayout = targetLayout,
                Accumulate = accumulate,
                Sums = sums,
                First = begin,
                End = end,
            });
        }
    }
}
