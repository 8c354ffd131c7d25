using Espalier.Tensors;

namespace Espalier.Bench;

/// <summary>Where the zeros of a layer's weights are.</summary>
internal static class ZeroPattern
{
    internal const string Single = "single";
    internal const string FourOutputs = "4x1";
    private const string FourInputs = "1x4";
    private const string TwoOfFour = "2:4";

    internal static readonly string[] All = [Single, FourOutputs, FourInputs, TwoOfFour];

    /// <summary>Random weights of a layer, [outputs][inputs][taps], of which a share is zero: one by one, in blocks, or two of every four inputs.</summary>
    internal static float[] Weights(ConvolutionLayer layer, double zeros, string pattern)
    {
        CounterRandom random = new CounterRandom(5).Stream(layer.Name);
        int taps = layer.Kernel * layer.Kernel;
        var weights = new float[layer.Outputs * layer.Inputs * taps];
        for (int i = 0; i < weights.Length; i++)
        {
            (int output, int rest) = Math.DivRem(i, layer.Inputs * taps);
            (int input, int tap) = Math.DivRem(rest, taps);
            bool zero = pattern switch
            {
                Single => random.Uniform(2 * (ulong)i) < zeros,
                FourOutputs => random.Uniform(2 * (ulong)Index(layer, output / 4, input, tap)) < zeros,
                FourInputs => random.Uniform(2 * (ulong)Index(layer, output, input / 4, tap)) < zeros,
                TwoOfFour => (input + (int)random.Below(2 * (ulong)Index(layer, output, input / 4, tap), 4)) % 4 is 1 or 3,
                _ => throw new ArgumentException($"'{pattern}' is none of {string.Join(", ", All)}."),
            };
            weights[i] = zero ? 0 : (float)random.Uniform((2 * (ulong)i) + 1, 0.01, 0.02);
        }

        return weights;
    }

    private static int Index(ConvolutionLayer layer, int output, int input, int tap) => (((output * layer.Inputs) + input) * layer.Kernel * layer.Kernel) + tap;
}
