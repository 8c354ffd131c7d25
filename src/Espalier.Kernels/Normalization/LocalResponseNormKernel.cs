namespace Espalier.Kernels;

/// <summary>Local response norm over neighbouring channels (Krizhevsky 2012, §3.3) and its gradient.</summary>
internal static unsafe class LocalResponseNormKernel
{
    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/> (rows of all images), bit-identical for any number of parts. Lanes without a channel become 0.</summary>
    /// <param name="problem">The constants of the norm.</param>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="output">Batch x <paramref name="outputLayout"/>; may be the input.</param>
    /// <param name="outputLayout">Layout of <paramref name="output"/>: the same size, with any border.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Run(
        LocalResponseNormProblem problem, ReadOnlySpan<float> input, BlockedLayout inputLayout, Span<float> output, BlockedLayout outputLayout, int batch, int part, int parts) =>
        Run(problem, input, inputLayout, [], inputLayout, output, outputLayout, false, batch, part, parts);

    /// <summary>Computes part <paramref name="part"/> of <paramref name="parts"/> of the gradient of the input.</summary>
    /// <param name="problem">The constants of the norm.</param>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">Layout of <paramref name="input"/>.</param>
    /// <param name="gradient">Batch x <paramref name="gradientLayout"/>.</param>
    /// <param name="gradientLayout">Layout of the output's gradient.</param>
    /// <param name="target">Batch x <paramref name="targetLayout"/>.</param>
    /// <param name="targetLayout">Layout of the input's gradient.</param>
    /// <param name="accumulate">Whether to add to the target instead of overwriting it.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public static void Gradient(
        LocalResponseNormProblem problem, ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout,
        Span<float> target, BlockedLayout targetLayout, bool accumulate, int batch, int part, int parts)
    {
        gradientLayout.ExpectBatch(batch, gradient.Length, nameof(gradient));
        Run(problem, input, inputLayout, gradient, gradientLayout, target, targetLayout, accumulate, batch, part, parts);
    }

    private static void Run(
        LocalResponseNormProblem problem, ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> gradient, BlockedLayout gradientLayout,
        Span<float> output, BlockedLayout outputLayout, bool accumulate, int batch, int part, int parts)
    {
        Expect.That(problem.Size > 0 && problem.Size % 2 == 1, $"a window of {problem.Size} channels: expected an odd number");
        Expect.That(inputLayout.HasSameMap(outputLayout) && inputLayout.HasSameMap(gradientLayout), $"local response norm of {inputLayout} to {outputLayout}: only the border may differ");
        inputLayout.ExpectBatch(batch, input.Length, nameof(input));
        outputLayout.ExpectBatch(batch, output.Length, nameof(output));
        (int begin, int end) = WorkSplit.Range(checked(batch * inputLayout.Height), part, parts);
        fixed (float* x = input, dy = gradient, to = output)
        {
            LanesDispatch.Run(inputLayout.Lanes, new LocalResponseNormJob
            {
                Problem = problem,
                Input = x,
                InputLayout = inputLayout,
                Gradient = dy,
                GradientLayout = gradientLayout,
                Output = to,
                OutputLayout = outputLayout,
                Accumulate = accumulate,
                First = begin,
                End = end,
            });
        }
    }
}
