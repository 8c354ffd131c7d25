using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Measures what rounding adds to the values of a network.</summary>
internal static class NoiseMeasurement
{
    private const int TrialSamples = 64; // for the outputs with each layer alone

    internal static IReadOnlyList<QuantizationNoise> OfValues(
        Model floating, Model quantized, QuantizationPlacement placement, CalibrationResult calibration, SampleSet samples)
    {
        IReadOnlyList<string> values = placement.Points;
        var integers = new IntegerValues(quantized);
        Node[] points = [.. values.Select(value => quantized.Graph.UsersOf(value).First(node => node.Op is Quantize))];
        using var expected = new SampleRun(floating, values, samples);
        using var found = new SampleRun(quantized, [.. points.Select(point => point.Name)], samples);
        ChannelDifferences[] differences = ChannelDifferences.Measure(samples.Work, expected.Count, [.. values.Select(value => floating.Graph.ShapeOf(value)[0])], piece =>
        {
            (IReadOnlyList<Tensor> own, IReadOnlyList<Tensor> rounded) = (expected.Run(piece), found.Run(piece));
            return i => (own[i], rounded[i]);
        });
        return
        [
            .. from value in values.Index()
               let range = calibration.Ranges[value.Item]
               let layer = integers.RegionOf(points[value.Index])?.Layer?.Name
               let noise = differences[value.Index]
               select new QuantizationNoise(value.Item, layer, QuantizationNoise.Ratio(noise.Signal, noise.Squared), range.Observer, range.Point.Scale, range.Point.ZeroPoint),
        ];
    }

    /// <summary>See <see cref="Quantization.NoiseOfSingleLayers"/>. Layers that share a weight are quantized together, and each has their noise.</summary>
    internal static IEnumerable<KeyValuePair<string, double>> OfSingleLayers(
        Model floating, QuantizationPlacement placement, CalibrationResult calibration, SampleSet samples)
    {
        var errors = new OutputErrors(floating, samples.Spread(TrialSamples));
        foreach (IGrouping<string, Node> tied in placement.Layers.GroupBy(layer => layer.Parameter("weight"), StringComparer.Ordinal))
        {
            double ratio = QuantizationNoise.Ratio(1, errors.Of(Alone(floating, [.. tied], placement, calibration)));
            foreach (Node layer in tied)
            {
                yield return new(layer.Name, ratio);
            }
        }
    }

    private static Model Alone(Model floating, Node[] tied, QuantizationPlacement placement, CalibrationResult calibration)
    {
        string name = tied[0].Parameter("weight");
        Parameter weight = floating.Parameters[name];
        Patch patch = new Patch($"{name} is rounded").Set(name, new Parameter(calibration.Weights[name].Rounded(weight.Effective)));
        foreach (Node layer in tied)
        {
            QuantizationPoint point = calibration.Ranges[placement.Source(layer.Inputs[0])].Point;
            var node = new Node(floating.Graph.FreeName(layer.Name + "_input_rounded"), new Quantize(), [layer.Inputs[0]]);
            patch = patch.Put(node).Put(layer with { Inputs = [node.Name] })
                .Set(node.Parameter("scale"), new Parameter(Tensor.From([1], point.Scale)))
                .Set(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [point.ZeroPoint])) { Trainable = false });
        }

        return floating.Apply(patch);
    }
}
