using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Calibrates a network on samples: ranges, scales of weights, equalization and the correction of biases.</summary>
internal static class Calibration
{
    private const int TrialSamples = 128; // on which choices are compared

    internal static CalibrationResult Of(Model model, SampleSet samples, QuantizationOptions options)
    {
        Require(samples, options);
        SampleSet trial = samples.Spread(TrialSamples);
        CalibrationResult[] results = [.. Equalizations(model, trial, options).SelectMany(equalization => Results(model, equalization, samples, trial, options))];
        if (results.Length == 1)
        {
            return results[0];
        }

        var errors = new OutputErrors(model, trial);
        return results.MinBy(result => errors.Of(model.Apply(new Quantization(result, options))))!;
    }

    private static void Require(SampleSet samples, QuantizationOptions options)
    {
        if (samples.Batches.Count == 0)
        {
            throw new EspalierException("Calibration needs samples: typical inputs, from whose values the scales are derived; there are none.");
        }

        if (options.Observer is CalibrationObserver.Percentile or CalibrationObserver.Automatic && !(options.Percentile is > 50 and <= 100))
        {
            throw new EspalierException($"Expected a percentile above 50 and at most 100, found {options.Percentile}.");
        }
    }

    // None, that of weights alone, and that of measured magnitudes; those that change nothing are not tried.
    private static IEnumerable<CrossLayerEqualization?> Equalizations(Model model, SampleSet trial, QuantizationOptions options)
    {
        if (options.Equalize == false)
        {
            return [null];
        }

        Dictionary<string, float[]> magnitudes = Magnitudes(model, trial);
        CrossLayerEqualization[] passes = [.. from fromWeights in (bool[])[true, false]
                                              let pass = new CrossLayerEqualization(magnitudes, fromWeights)
                                              where !pass.Plan(model).Patches.IsEmpty
                                              select pass];
        return options.Equalize == true && passes.Length > 0 ? passes : new CrossLayerEqualization?[] { null }.Concat(passes);
    }

    private static IEnumerable<CalibrationResult> Results(
        Model model, CrossLayerEqualization? equalization, SampleSet samples, SampleSet trial, QuantizationOptions options)
    {
        Model prepared = equalization is null ? model : model.Apply(equalization);
        QuantizationPlacement placement = QuantizationPlacement.Of(prepared.Graph, options);
        Dictionary<string, ObservedRange> ranges = placement.Unite(ValueObservation.Ranges(prepared, placement.Points, samples, trial, options));
        var layers = new LayerCalibration(prepared, placement, ranges, trial);
        Dictionary<string, WeightRounding> weights = layers.Weights(options.WeightScales);
        weights = options.AdaptiveRounding is { } adaptive ? new AdaptiveRounding(prepared, placement, ranges, trial, adaptive).Of(weights) : weights;
        if (options.CorrectBias != true)
        {
            yield return new(ranges, weights, new Dictionary<string, float[]>(), equalization);
        }

        if (options.CorrectBias != false)
        {
            yield return new(ranges, weights, layers.BiasCorrections(weights), equalization);
        }
    }

    /// <summary>The greatest magnitude of each channel of layers and activations.</summary>
    private static Dictionary<string, float[]> Magnitudes(Model model, SampleSet samples)
    {
        string[] values = [.. model.Graph.Nodes.Where(node => node.Op is Conv2d or Linear or ActivationOp).Select(node => node.Name)];
        int[] channels = [.. values.Select(value => model.Graph.ShapeOf(value)[0])];
        int[] starts = [.. channels.Select((_, i) => channels[..i].Sum())];
        float[] greatest = new float[channels.Sum()];
        using var run = new SampleRun(model, values, samples);
        samples.Work.Run(run.Count, piece =>
        {
            IReadOnlyList<Tensor> results = run.Run(piece);
            float[] found = new float[greatest.Length];
            Parallel.For(0, values.Length, i => Widen(found.AsSpan(starts[i], channels[i]), results[i]));
            return found;
        }, found =>
        {
            for (int i = 0; i < greatest.Length; i++)
            {
                greatest[i] = Math.Max(greatest[i], found[i]);
            }
        });
        return values.Index().ToDictionary(value => value.Item, value => greatest.AsSpan(starts[value.Index], channels[value.Index]).ToArray(), StringComparer.Ordinal);
    }

    private static void Widen(Span<float> greatest, Tensor values)
    {
        ReadOnlySpan<float> numbers = values.Read<float>();
        int plane = numbers.Length / values.Shape[0] / greatest.Length;
        for (int i = 0; i < numbers.Length; i++)
        {
            int channel = i / plane % greatest.Length;
            greatest[channel] = Math.Max(greatest[channel], Math.Abs(numbers[i]));
        }
    }
}
