using System.Diagnostics.CodeAnalysis;

namespace Espalier.Surgery;

/// <summary>Moves the padding between two maps in front of the first: which input pixels make the first map give the second's padding value?</summary>
/// <remarks>
/// Only a 1x1 map has an answer, because a larger kernel's windows at the edge see padding and map together. With zero padding and no
/// bias it is zero; with padding of the value of the bias it is zero too (that is how the Diverse Branch Block pads its 1x1–kxk
/// branch); a channel-wise scale s·x + t has the answer (value − t) / s.
/// </remarks>
internal static class MovedBorder
{
    /// <summary>
    /// How far two non-zero padding values may differ and be the same: a padding value is stored as a float, and computed by others in
    /// float from a norm's four numbers; eight roundings (2⁻²⁴ each) of numbers of about 1.
    /// </summary>
    private const double Rounding = 8.0 / (1 << 24);

    /// <summary>Finds the border value of each input channel.</summary>
    /// <param name="first">The map in front.</param>
    /// <param name="second">The padded map behind it.</param>
    /// <param name="border">The border of the composition, or <see langword="null"/> for zeros.</param>
    /// <param name="refusal">Why there is none.</param>
    public static bool TryFind(LinearMap first, LinearMap second, out double[]? border, [NotNullWhen(false)] out MergeRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        (border, refusal) = (first.HasBorder ? first.Border : null, null);
        if (first.Kernel != 1)
        {
            refusal = new MergeRefusal(MergeRule.InnerPadding, $"a {second.Kernel} kernel with padding {second.Padding} follows a {first.Kernel} kernel; such a pair composes only without padding between");
            return false;
        }

        double[] wanted = second.HasBorder ? second.Border! : new double[second.InChannels];
        if (AreSame(Response(first, border), wanted))
        {
            return true;
        }

        if (!first.IsChannelwise)
        {
            refusal = new MergeRefusal(MergeRule.InnerPadding, $"padding {second.Padding} lies between a 1x1 map with a bias and a {second.Kernel} kernel, and its value is not that bias");
            return false;
        }

        int flat = Array.FindIndex([.. Enumerable.Range(0, wanted.Length)], c => first.Weight[c] == 0 && first.Bias[c] != wanted[c]);
        if (flat >= 0)
        {
            refusal = new MergeRefusal(MergeRule.BatchNorm, $"a norm whose scale for channel {flat} is 0 stands before a {second.Kernel} kernel with padding {second.Padding}, and no padding value becomes {wanted[flat]:R} through it");
            return false;
        }

        border = [.. wanted.Select((value, c) => first.Weight[c] == 0 ? 0 : (value - first.Bias[c]) / first.Weight[c])]; // through a scale of 0 any value is as good
        return true;
    }

    /// <summary>What a 1x1 map makes of a pixel of border.</summary>
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
