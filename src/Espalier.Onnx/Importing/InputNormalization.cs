using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Onnx;

/// <summary>Recognizes a normalization of pixels at the beginning of a network, and moves it into the model's preprocessing.</summary>
internal static class InputNormalization
{
    /// <summary>Takes factors and shifts of the input's channels out of the network where nothing else reads the input.</summary>
    /// <returns>The normalization, or <see langword="null"/> if the network does not begin with one.</returns>
    internal static Normalization? TakeOut(ImportState state, List<DraftNode> live)
    {
        if (live.Where(node => node.Op is Input).ToArray() is not [{ Shape: { Rank: 3, Extents: [1 or 3, ..] } } input])
        {
            return null;
        }

        double[] factors = new double[input.Shape[0]];
        double[] shifts = new double[input.Shape[0]];
        Array.Fill(factors, 1);
        var scalings = new List<DraftNode>();
        for (DraftNode last = input; live.Where(node => node.Inputs.Contains(last)).ToArray() is [{ Op: Affine } scaling]; last = scaling)
        {
            scalings.Add(scaling);
            for (int i = 0; i < factors.Length; i++)
            {
                double factor = scaling.Values["weight"].Read<float>()[i];
                (factors[i], shifts[i]) = (factors[i] * factor, (shifts[i] * factor) + (scaling.Values.TryGetValue("bias", out Tensor? bias) ? bias.Read<float>()[i] : 0));
            }
        }

        if (scalings.Count == 0 || factors.Any(factor => factor == 0 || !double.IsFinite(1 / factor)) || shifts.Any(shift => !double.IsFinite(shift)))
        {
            return null;
        }

        float[] means = [.. factors.Zip(shifts, (factor, shift) => (float)(-shift / factor))];
        float[] deviations = Array.ConvertAll(factors, factor => (float)(1.0 / factor));
        bool isOfBytes = means.Concat(deviations).Any(number => Math.Abs(number) > 1);
        foreach (DraftNode reader in live)
        {
            reader.Inputs = Array.ConvertAll(reader.Inputs, read => read == scalings[^1] ? input : read);
        }

        live.RemoveAll(scalings.Contains);
        var normalization = new Normalization(ValueList.From(means), ValueList.From(deviations)) { Range = isOfBytes ? PixelRange.Byte : default };
        state.Note($"The file normalizes its input by means [{normalization.Mean}] and deviations [{normalization.StandardDeviation}]; that is now the model's preprocessing, of pixels from 0 to {(isOfBytes ? "255, since one of these exceeds 1" : "1, since none of these exceeds 1")}.");
        return normalization;
    }
}
