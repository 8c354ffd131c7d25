using Espalier.Tensors;

namespace Espalier.Kernels;

/// <summary>The gradients of a fully connected layer. Inputs and outputs are vectors of features, padded to whole blocks; weights are in PyTorch's order.</summary>
internal static unsafe class LinearGradient
{
    /// <summary>Computes input gradient = output gradient · weights.</summary>
    /// <param name="outputGradient">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">A vector of the output features: outputs x 1 x 1 without border.</param>
    /// <param name="weights">[outputs][inputs].</param>
    /// <param name="inputGradient">Batch x <paramref name="inputLayout"/>; lanes without a feature become zero.</param>
    /// <param name="inputLayout">A vector of the input features.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="accumulate">Whether to add to what the gradient holds, instead of overwriting it.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts. Results are bit-identical for any number.</param>
    public static void Input(
        ReadOnlySpan<float> outputGradient, BlockedLayout outputLayout, ReadOnlySpan<float> weights,
        Span<float> inputGradient, BlockedLayout inputLayout, int batch, bool accumulate, int part, int parts)
    {
        Check(inputGradient.Length, inputLayout, outputGradient.Length, outputLayout, batch);
        Expect.Length(weights.Length, (long)outputLayout.Channels * inputLayout.Channels, nameof(weights));
        (int first, int end) = WorkSplit.Range(MatrixProduct.Panels(inputLayout), part, parts);
        fixed (float* a = outputGradient, b = weights, to = inputGradient)
        {
            LanesDispatch.Run(inputLayout.Lanes, new MatrixProduct
            {
                A = a,
                RowStride = outputLayout.Length,
                DepthStride = 1,
                B = b,
                BStride = inputLayout.Channels,
                C = to,
                CStride = inputLayout.Length,
                FirstRow = 0,
                EndRow = batch,
                Depth = outputLayout.Channels,
                Columns = inputLayout.Channels,
                FirstPanel = first,
                EndPanel = end,
                Accumulate = accumulate,
                ClearsPadding = !accumulate,
            });
        }
    }

    /// <summary>Computes weight gradient = output gradientᵀ · input, and bias gradient = the sum of the output gradient over the batch.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">A vector of the input features.</param>
    /// <param name="outputGradient">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">A vector of the output features.</param>
    /// <param name="weightGradient">[outputs][inputs]; empty to skip it.</param>
    /// <param name="biasGradient">[outputs]; empty if there are no biases.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="accumulate">Whether to add to what the gradients hold, instead of overwriting it.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts. Results are bit-identical for any number.</param>
    public static void Weights(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> outputGradient, BlockedLayout outputLayout,
        Span<float> weightGradient, Span<float> biasGradient, int batch, bool accumulate, int part, int parts)
    {
        Check(input.Length, inputLayout, outputGradient.Length, outputLayout, batch);
        Expect.LengthOrEmpty(weightGradient.Length, (long)outputLayout.Channels * inputLayout.Channels, nameof(weightGradient));
        Expect.LengthOrEmpty(biasGradient.Length, outputLayout.Channels, nameof(biasGradient));
        (int first, int end) = WorkSplit.Range(outputLayout.Channels, part, parts);
        fixed (float* a = outputGradient, b = input, to = weightGradient)
        {
            LanesDispatch.Run(inputLayout.Lanes, new MatrixProduct
            {
                A = a,
                RowStride = 1,
                DepthStride = outputLayout.Length,
                B = b,
                BStride = inputLayout.Length,
                C = to,
                CStride = inputLayout.Channels,
                FirstRow = first,
                EndRow = weightGradient.IsEmpty ? first : end,
                Depth = batch,
                Columns = inputLayout.Channels,
                FirstPanel = 0,
                EndPanel = MatrixProduct.Panels(inputLayout),
                Accumulate = accumulate,
            });
        }

        for (int output = first; output < end && !biasGradient.IsEmpty; output++)
        {
            double sum = 0;
            for (int image = 0; image < batch; image++)
            {
                sum += outputGradient[(image * outputLayout.Length) + output];
            }

            biasGradient[output] = accumulate ? biasGradient[output] + (float)sum : (float)sum;
        }
    }

    private static void Check(int input, BlockedLayout inputLayout, int output, BlockedLayout outputLayout, int batch)
    {
        Expect.That(inputLayout is { Height: 1, Width: 1 } && inputLayout.Border == Padding.None, $"{inputLayout} is not a vector of features");
        Expect.That(outputLayout is { Height: 1, Width: 1 } && outputLayout.Border == Padding.None, $"{outputLayout} is not a vector of features");
        inputLayout.ExpectBatch(batch, input, nameof(input));
        outputLayout.ExpectBatch(batch, output, nameof(output));
    }
}
