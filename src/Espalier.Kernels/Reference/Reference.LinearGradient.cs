using System.Numerics;
using Espalier.Tensors;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>The gradients of <see cref="Linear"/>: all three are overwritten.</summary>
    /// <param name="input">[batch][inputs].</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="inputs">Input features.</param>
    /// <param name="weights">[outputs][inputs].</param>
    /// <param name="outputs">Output features.</param>
    /// <param name="outputGradient">[batch][outputs].</param>
    /// <param name="inputGradient">As <paramref name="input"/>, or empty to skip it.</param>
    /// <param name="weightGradient">As <paramref name="weights"/>, or empty to skip it.</param>
    /// <param name="biasGradient">[outputs], or empty to skip it.</param>
    public static void LinearGradient<T>(
        ReadOnlySpan<T> input, int batch, int inputs, ReadOnlySpan<T> weights, int outputs, ReadOnlySpan<T> outputGradient,
        Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T>
    {
        // A fully connected layer is a 1x1 convolution of one pixel.
        Conv2dGradient(
            input, batch, new FeatureMap(inputs, 1, 1), weights, outputs, new Conv2dGeometry(1), outputGradient, inputGradient, weightGradient, biasGradient);
    }
}
