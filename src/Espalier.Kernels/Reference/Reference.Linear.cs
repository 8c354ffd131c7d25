using System.Numerics;

namespace Espalier.Kernels;

internal static partial class Reference
{
    /// <summary>A fully connected layer: output = input · weightsᵀ + bias.</summary>
    /// <param name="input">[batch][inputs].</param>
    /// <param name="batch">Number of rows.</param>
    /// <param name="inputs">Input features.</param>
    /// <param name="weights">[outputs][inputs].</param>
    /// <param name="bias">[outputs], or empty.</param>
    /// <param name="outputs">Output features.</param>
    /// <param name="output">[batch][outputs].</param>
    public static void Linear<T>(
        ReadOnlySpan<T> input, int batch, int inputs, ReadOnlySpan<T> weights, ReadOnlySpan<T> bias, int outputs, Span<T> output)
        where T : IFloatingPointIeee754<T>
    {
        Expect.Length(input.Length, (long)batch * inputs, nameof(input));
        Expect.Length(weights.Length, (long)outputs * inputs, nameof(weights));
        Expect.LengthOrEmpty(bias.Length, outputs, nameof(bias));
        Expect.Length(output.Length, (long)batch * outputs, nameof(output));
        for (int n = 0; n < batch; n++)
        {
            for (int o = 0; o < outputs; o++)
            {
                T sum = bias.IsEmpty ? T.Zero : bias[o];
                for (int i = 0; i < inputs; i++)
                {
                    sum += input[(n * inputs) + i] * weights[(o * inputs) + i];
                }

                output[(n * outputs) + o] = sum;
            }
        }
    }
}
