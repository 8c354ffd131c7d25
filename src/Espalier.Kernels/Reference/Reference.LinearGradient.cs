using System.Numerics;

namespace Espalier.Kernels;

public static partial class Reference
{
    /// <summary>The gradient of <see cref="Linear"/>, added to what is there.</summary>
    /// <param name="input">[batch][inputs].</param>
    /// <param name="batch">Rows.</param>
    /// <param name="inputs">Input features.</param>
    /// <param name="weights">[outputs][inputs].</param>
    /// <param name="outputs">Output features.</param>
    /// <param name="outputGradient">[batch][outputs].</param>
    /// <param name="inputGradient">[batch][inputs], or empty.</param>
    /// <param name="weightGradient">[outputs][inputs], or empty.</param>
    /// <param name="biasGradient">[outputs], or empty.</param>
    public static void LinearGradient<T>(
        ReadOnlySpan<T> input, int batch, int inputs, ReadOnlySpan<T> weights, int outputs, ReadOnlySpan<T> outputGradient,
        Span<T> inputGradient, Span<T> weightGradient, Span<T> biasGradient)
        where T : IFloatingPointIeee754<T> => Conv2dGradient(
            input, batch, new ImageShape(inputs, 1, 1), weights, outputs, new Conv2dGeometry(1, 1), // a 1x1 convolution of one pixel
            outputGradient, inputGradient, weightGradient, biasGradient);
}
