using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Chooses the scales of the layers' weights and measures the errors of their means, on samples.</summary>
internal sealed class LayerCalibration(Model model, QuantizationPlacement placement, IReadOnlyDictionary<string, ObservedRange> ranges, SampleSet samples)
{
    /// <summary>The rounding of each weight, by its name.</summary>
    internal Dictionary<string, WeightRounding> Weights(WeightScaleRule rule)
    {
        Dictionary<string, Node[]> layers = placement.Layers.GroupBy(layer => layer.Parameter("weight"), StringComparer.Ordinal).ToDictionary(tied => tied.Key, tied => tied.ToArray(), StringComparer.Ordinal);
        if (rule != WeightScaleRule.Automatic)
        {
            return layers.Keys.ToDictionary(name => name, name => WeightRounding.Of(name, model.Parameters[name].Effective, rule), StringComparer.Ordinal);
        }

        WeightScaleRule[] rules = [WeightScaleRule.GreatestMagnitude, WeightScaleRule.MeanSquaredError];
        var copies = new LayerCopies(model);
        var trials = new List<(string Name, WeightRounding[] Roundings, int[][] Pairs)>();
        foreach ((string name, Node[] tied) in layers)
        {
            Tensor weight = model.Parameters[name].Effective;
            WeightRounding[] roundings = [.. rules.Select(one => WeightRounding.Of(name, weight, one))];
            trials.Add((name, roundings, [.. roundings.Select(rounding => tied.Select(layer => copies.Copy(layer, layer.Inputs[0], layer.Inputs[0], rounding.Rounded(weight))).ToArray())]));
        }

        IReadOnlyList<ChannelDifferences> differences = copies.Measure(samples);
        double Error(int[] pairs, int channel) => pairs.Sum(pair => differences[pair].VariationOf(channel));
        return trials.ToDictionary(
            trial => trial.Name,
            trial => new WeightRounding([.. trial.Roundings[0].Scales.Select((scale, channel) => Error(trial.Pairs[1], channel) < Error(trial.Pairs[0], channel) ? trial.Roundings[1].Scales[channel] : scale)]),
            StringComparer.Ordinal);
    }

    /// <summary>For each layer the mean of each output channel in floating point minus that with a rounded input and rounded weights; without those that share a bias.</summary>
    internal Dictionary<string, float[]> BiasCorrections(IReadOnlyDictionary<string, WeightRounding> weights)
    {
        var copies = new LayerCopies(model);
        var rounded = new Dictionary<string, string>(StringComparer.Ordinal);
        var pairs = new List<(string Layer, int Pair)>();
        foreach (Node layer in placement.Layers.Where(layer => !SharesBias(layer)))
        {
            (string input, string weight) = (layer.Inputs[0], layer.Parameter("weight"));
            if (!rounded.TryGetValue(input, out string? by))
            {
                rounded.Add(input, by = copies.Round(input, ranges[placement.Source(input)].Point));
            }

            pairs.Add((layer.Name, copies.Copy(layer, input, by, weights[weight].Rounded(model.Parameters[weight].Effective))));
        }

        IReadOnlyList<ChannelDifferences> differences = copies.Measure(samples);
        return pairs.ToDictionary(
            pair => pair.Layer, pair => Enumerable.Range(0, model.Graph.ShapeOf(pair.Layer)[0]).Select(channel => (float)differences[pair.Pair].MeanOf(channel)).ToArray(), StringComparer.Ordinal);
    }

    private bool SharesBias(Node layer) => layer.Op.Parameters.Any(spec => spec.Role == "bias")
        && model.Graph.Nodes.SelectMany(node => node.Parameters).Count(name => name == layer.Parameter("bias")) > 1;
}
