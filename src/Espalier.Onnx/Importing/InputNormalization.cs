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
        DraftNode[] inputs = [.. live.Where(node => node.Op is Input)];
        if (inputs is not [{ Shape: { Rank: 3, Extents: [1 or 3, ..] } } input] || live.Where(node => node.Inputs.Contains(input)).ToArray() is not [{ Op: Affine } scaling])
        {
            return null;
        }

        float[] factors = scaling.Values["weight"].Read<float>().ToArray();
        float[] shifts = scaling.Values.TryGetValue("bias", out Tensor? bias) ? bias.Read<float>().ToArray() : new float[factors.Length];
        if (factors.Any(factor => factor == 0 || !float.IsFinite(1 / factor)) || live.Count(node => node == scaling) != 1)
        {
            return null;
        }

        float[] means = [.. factors.Zip(shifts, (factor, shift) => (float)(-(double)shift / factor))];
        float[] deviations = Array.ConvertAll(factors, factor => (float)(1.0 / factor));
        bool isOfBytes = means.Concat(deviations).Any(number => Math.Abs(number) > 1);
        foreach (DraftNode reader in live)
        {
            reader.Inputs = Array.ConvertAll(reader.Inputs, read => read == scaling ? input : read);
        }

        live.Remove(scaling);
        var normalization = new Normalization(ValueList.From(means), ValueList.From(deviations)) { Range = isOfBytes ? PixelRange.Byte : default };
        state.Note($"The file normalizes its input by means [{normalization.Mean}] and deviations [{normalization.StandardDeviation}]; that is now the model's preprocessing, of pixels from 0 to {(isOfBytes ? "255, since one of these exceeds 1" : "1, since none of these exceeds 1")}.");
        return normalization;
    }
}
