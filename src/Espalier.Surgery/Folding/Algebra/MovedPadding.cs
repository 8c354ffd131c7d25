using System.Diagnostics.CodeAnalysis;

namespace Espalier.Surgery;

/// <summary>Moves the padding between two maps before the first map, by finding input values that the first map maps to the second map's padding value.</summary>
/// <remarks>
/// This is possible only if the first map is 1x1, because windows of a larger kernel at the edge cover both padding and input. With zero padding and no
/// bias the value is zero. If the padding value equals the bias, it is zero too (the Diverse Branch Block pads its 1x1–kxk
/// branch in this way). For a channel-wise scale s·x + t it is (value − t) / s.
/// </remarks>
internal static class MovedPadding
{
    /// <summary>
    /// The relative difference up to which two non-zero padding values count as equal. A padding value is stored in float32, and may have been computed in
    /// float32 from the four values of a norm: eight roundings of 2⁻²⁴ each, for values of about 1.
    /// </summary>
    private const double Rounding = 8.0 / (1 << 24);

    /// <summary>Finds the padding value of each input channel.</summary>
    /// <param name="first">The first map.</param>
    /// <param name="second">The padded map that follows it.</param>
    /// <param name="border">The padding value of the composition, or <see langword="null"/> for zeros.</param>
    /// <param name="refusal">The reason why there is no such value.</param>
    public static bool TryFind(LinearMap first, LinearMap second, out double[]? border, [NotNullWhen(false)] out MergeRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        (border, refusal) = (first.HasBorder ? first.Border : null, null);
        if (first.Kernel != 1)
        {
            refusal = new MergeRefusal(MergeRule.InnerPadding, $"a {second.Kernel} kernel with padding {second.Padding} follows a {first.Kernel} kernel; such a pair can be merged only without padding between the kernels");
            return false;
        }

        double[] wanted = second.HasBorder ? second.Border! : new double[second.InChannels];
        if (AreSame(Response(first, border), wanted))
        {
            return true;
        }

        if (!first.IsChannelwise)
        {
            refusal = new MergeRefusal(MergeRule.InnerPadding, $"there is padding {second.Padding} between a 1x1 map with a bias and a {second.Kernel} kernel, and the padding value is not equal to the bias");
            return false;
        }

        int flat = Array.FindIndex([.. Enumerable.Range(0, wanted.Length)], c => first.Weight[c] == 0 && first.Bias[c] != wanted[c]);
        if (flat >= 0)
        {
            refusal = new MergeRefusal(MergeRule.BatchNorm, $"a norm whose scale for channel {flat} is 0 precedes a {second.Kernel} kernel with padding {second.Padding}, and the norm maps no padding value to {wanted[flat]:R}");
            return false;
        }

        border = [.. wanted.Select((value, c) => first.Weight[c] == 0 ? 0 : (value - first.Bias[c]) / first.Weight[c])]; // with a scale of 0 the value does not matter
        return true;
    }

    /// <summary>The output of a 1x1 map for a padding pixel.</summary>
    private static double[] Response(LinearMap map, double[]? border)
    {
        double[] response = [.. map.Bias];
        for (int o = 0; border is not null && o < response.Length; o++)
        {
            int firstInput = o / map.GroupOutputs * map.GroupInputs;
            for (int i = 0; i < map.GroupInputs; i++)
            {
                response[o] += map.Weight[(o * map.GroupInputs) + i] * border[firstInput + i];
            }
        }

        return response;
    }

    private static bool AreSame(double[] found, double[] wanted)
    {
        for (int c = 0; c < found.Length; c++)
        {
            double allowed = wanted[c] == 0 ? 0 : Rounding * Math.Max(1, Math.Abs(wanted[c]));
            if (!(Math.Abs(found[c] - wanted[c]) <= allowed))
            {
                return false;
            }
        }

        return true;
    }
}
