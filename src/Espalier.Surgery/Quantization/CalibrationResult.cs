using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>What samples showed of a network, from which it is quantized.</summary>
/// <param name="Ranges">The range of each rounded value.</param>
/// <param name="Weights">The rounding of each weight, by its name; without an entry, that of its greatest magnitude.</param>
/// <param name="Corrections">What is added to the bias of a layer, by the layer's name.</param>
/// <param name="Equalization">The pass that equalizes the layers before; <see langword="null"/> for none.</param>
internal sealed record CalibrationResult(
    IReadOnlyDictionary<string, ObservedRange> Ranges, IReadOnlyDictionary<string, WeightRounding> Weights, IReadOnlyDictionary<string, float[]> Corrections, CrossLayerEqualization? Equalization)
{
    /// <summary>The network in floating point that is rounded: equalized, biases uncorrected.</summary>
    internal Model Prepare(Model model) => Equalization is null ? model : model.Apply(Equalization);

    /// <summary>The patches that correct the biases of a prepared network.</summary>
    internal IEnumerable<Patch> CorrectionsOf(Model prepared) =>
        from correction in Corrections
        let layer = prepared.Graph[correction.Key]
        select Corrected(prepared, layer, correction.Value);

    private static Patch Corrected(Model model, Node layer, float[] correction)
    {
        var patch = new Patch($"the bias of {layer.Name} is corrected");
        if (layer.Op.Parameters.Any(spec => spec.Role == "bias"))
        {
            Parameter bias = model.Parameters[layer.Parameter("bias")];
            float[] values = bias.Effective.To(ElementType.Float32).Read<float>().ToArray();
            return patch.Set(layer.Parameter("bias"), bias.WithMasked(Tensor.From<float>(bias.Value.Shape, [.. values.Zip(correction, (value, difference) => value + difference)])));
        }

        Op op = layer.Op is Conv2d conv ? conv with { Bias = true } : (Linear)layer.Op with { Bias = true };
        string name = ScopeName.Join(layer.Name, "bias");
        return patch.Put(layer with { Op = op, Parameters = [layer.Parameters[0], name, .. layer.Parameters.Skip(1)] }).Set(name, new Parameter(Tensor.From<float>([correction.Length], correction)));
    }
}
