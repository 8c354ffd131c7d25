namespace Espalier.Kernels;

/// <summary>The gradients of a fully connected layer. Inputs and outputs are vectors of features, padded to whole blocks; weights are in PyTorch's order.</summary>
public static class LinearGradient
{
    /// <summary>input gradient = output gradient · weights.</summary>
    /// <param name="outputGradient">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">A vector of the output features: [outputs] x 1 x 1 without border.</param>
    /// <param name="weights">[outputs][inputs].</param>
    /// <param name="inputGradient">Batch x <paramref name="inputLayout"/>; lanes without a feature become zero.</param>
    /// <param name="inputLayout">A vector of the input features.</param>
    /// <param name="batch">Images.</param>
    /// <param name="accumulate">Whether to add to what the gradient holds, rather than to overwrite it.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many. Any split gives the same bits.</param>
    public static void Input(
        ReadOnlySpan<float> outputGradient, BlockedLayout outputLayout, ReadOnlySpan<float> weights,
        Span<float> inputGradient, BlockedLayout inputLayout, int batch, bool accumulate, int part, int parts) =>
        throw new NotImplementedException();

    /// <summary>weight gradient = output gradientᵀ · input; bias gradient = the sum of the output gradient over the batch.</summary>
    /// <param name="input">Batch x <paramref name="inputLayout"/>.</param>
    /// <param name="inputLayout">A vector of the input features.</param>
    /// <param name="outputGradient">Batch x <paramref name="outputLayout"/>.</param>
    /// <param name="outputLayout">A vector of the output features.</param>
    /// <param name="weightGradient">[outputs][inputs]; empty if not wanted.</param>
    /// <param name="biasGradient">[outputs]; empty if there are no biases.</param>
    /// <param name="batch">Images.</param>
    /// <param name="accumulate">Whether to add to what the gradients hold, rather than to overwrite it.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Of how many. Any split gives the same bits.</param>
    public static void Weights(
        ReadOnlySpan<float> input, BlockedLayout inputLayout, ReadOnlySpan<float> outputGradient, BlockedLayout outputLayout,
        Span<float> weightGradient, Span<float> biasGradient, int batch, bool accumulate, int part, int parts) =>
        throw new NotImplementedException();
}
