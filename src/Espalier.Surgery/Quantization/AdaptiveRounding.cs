using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Rounds the weights of all layers up or down as samples tell (Nagel 2020, "Up or down? Adaptive rounding for post-training quantization"): see <see cref="ChannelRounding"/>.</summary>
internal sealed class AdaptiveRounding(
    Model model, QuantizationPlacement placement, IReadOnlyDictionary<string, ObservedRange> ranges, SampleSet samples, AdaptiveRoundingOptions options)
{
    private const long Budget = 1 << 26; // elements of drawn positions in memory at once: 256 MB
    private readonly CounterRandom _random = new(options.Seed);

    /// <summary>The roundings with learned integers. Weights of several layers or with a mask stay as they are.</summary>
    internal Dictionary<string, WeightRounding> Of(IReadOnlyDictionary<string, WeightRounding> weights)
    {
        OptionCheck.AtLeast<int>(options.Steps, 1, "AdaptiveRoundingOptions.Steps");
        OptionCheck.AtLeast<int>(options.Positions, 1, "AdaptiveRoundingOptions.Positions");
        var result = weights.ToDictionary(StringComparer.Ordinal);
        Node[] layers = [.. placement.Layers.GroupBy(layer => layer.Parameter("weight"), StringComparer.Ordinal).Where(tied => tied.Count() == 1 && model.Parameters[tied.Key].Mask is null).Select(tied => tied.First())];
        for (int first = 0; first < layers.Length;)
        {
            var some = new List<(Node Layer, LayerPositions Positions)>();
            for (long filled = 0; first < layers.Length && (some.Count == 0 || filled < Budget); first++)
            {
                some.Add((layers[first], new(model.Graph, layers[first], options.Positions, samples.Count, _random)));
                filled += some[^1].Positions.Values.Sum(group => (long)group.Length);
            }

            Fill(some);
            foreach ((Node layer, LayerPositions positions) in some)
            {
                result[layer.Parameter("weight")] = Learned(layer, positions, weights[layer.Parameter("weight")]);
            }
        }

        return result;
    }

    private void Fill(List<(Node Layer, LayerPositions Positions)> layers)
    {
        string[] inputs = [.. layers.Select(layer => layer.Layer.Inputs[0]).Distinct()];
        using var run = new SampleRun(model, inputs, samples);
        samples.Work.Run<float>(run.Count, piece =>
        {
            IReadOnlyList<Tensor> results = run.Run(piece);
            return [.. layers.SelectMany(layer => layer.Positions.Read(run.FirstOf(piece), results[Array.IndexOf(inputs, layer.Layer.Inputs[0])]))];
        }, rows =>
        {
            int positions = rows.Length / layers.Sum(layer => layer.Positions.Groups * layer.Positions.Row), start = 0; // of each layer
            foreach (LayerPositions layer in layers.Select(layer => layer.Positions))
            {
                int length = positions * layer.Groups * layer.Row;
                layer.Take(rows.AsSpan(start, length));
                start += length;
            }
        });
    }

    // Each process learns some of the channels.
    private WeightRounding Learned(Node layer, LayerPositions positions, WeightRounding rounding)
    {
        var integers = new List<sbyte>();
        int processes = samples.Work.Count;
        int StartOf(int process) => (int)((long)process * rounding.Scales.Length / processes);
        samples.Work.Run(processes, process => Learned(layer, positions, rounding, (StartOf(process), StartOf(process + 1))), integers.AddRange);
        return rounding with { Adapted = [.. integers] };
    }

    private sbyte[] Learned(Node layer, LayerPositions positions, WeightRounding rounding, (int Start, int End) channels)
    {
        QuantizationPoint point = ranges[placement.Source(layer.Inputs[0])].Point;
        float[][] rounded = [.. positions.Values.Select(group => group.Select(value => point.Round(value) * point.Scale).ToArray())];
        float[] weight = model.Parameters[layer.Parameter("weight")].Effective.To(ElementType.Float32).Read<float>().ToArray();
        float[] bias = layer.Op.Parameters.Any(spec => spec.Role == "bias") ? model.Value(layer, "bias").To(ElementType.Float32).Read<float>().ToArray() : new float[rounding.Scales.Length];
        (float, float) limits = (model.Graph.HasSingleUse(layer.Name) ? (model.Graph.UsersOf(layer.Name)[0].Op as ActivationOp)?.Activation.Limits : null) ?? (float.NegativeInfinity, float.PositiveInfinity);
        int outputs = rounding.Scales.Length, length = positions.Length;
        var integers = new sbyte[(channels.End - channels.Start) * length];
        Parallel.For(channels.Start, channels.End, channel =>
        {
            int group = channel / (outputs / positions.Groups);
            var learning = new ChannelRounding(positions.Values[group], rounded[group], positions.Row, bias[channel], limits);
            float scale = rounding.Scales[channel] == 0 ? 1 : rounding.Scales[channel];
            learning.Learn(weight.AsSpan(channel * length, length), scale, options.Steps, _random.Stream(layer.Name).Stream((ulong)channel)).CopyTo(integers, (channel - channels.Start) * length);
        });
        return integers;
    }
}
