using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Measures the ranges of a network's values on samples.</summary>
internal static class Calibration
{
    private const int SamplesAtOnce = 8; // all values of so many samples are in memory
    private const int Bins = 1 << 13;

    internal static Dictionary<string, ValueRange> Measure(Model model, IReadOnlyList<string> values, IReadOnlyList<Tensor> samples, IRuntime runtime, QuantizationOptions options)
    {
        if (samples.Count == 0)
        {
            throw new EspalierException("Calibration needs samples: typical inputs, from whose values the scales are derived; there are none.");
        }

        if (options.Observer == CalibrationObserver.Percentile && !(options.Percentile is > 50 and <= 100))
        {
            throw new EspalierException($"Expected a percentile above 50 and at most 100, found {options.Percentile}.");
        }

        // Those that are outputs or lead to them stay; no rounding depends on the others, but the graph needs its outputs.
        string[] outputs = [.. values.Union(model.Graph.Outputs)];
        var observed = new Model(new Graph(model.Graph.Nodes, ValueList.From(outputs)), model.Parameters, model.Metadata);
        using IRunnable run = runtime.Prepare(observed);
        var extremes = values.ToDictionary(name => name, _ => new ValueRange(0, 0), StringComparer.Ordinal);
        Each(run, samples, outputs, values.Count, (name, numbers) => extremes[name] = Wider(name, extremes[name], numbers));
        return options.Observer == CalibrationObserver.MinMax ? extremes : Percentiles(run, samples, outputs, extremes, options.Percentile);
    }

    private delegate void Observation(string name, ReadOnlySpan<float> numbers);

    private static void Each(IRunnable run, IReadOnlyList<Tensor> samples, string[] outputs, int count, Observation observe)
    {
        foreach (Tensor batch in samples)
        {
            int length = checked((int)(batch.Shape.Count / Math.Max(1, batch.Shape[0])));
            for (int first = 0; first < batch.Shape[0]; first += SamplesAtOnce)
            {
                int some = Math.Min(SamplesAtOnce, batch.Shape[0] - first);
                IReadOnlyList<Tensor> results = run.RunAll(Tensor.From(batch.Shape.WithoutFirst().Prepend(some), batch.Read<float>().Slice(first * length, some * length)));
                for (int i = 0; i < count; i++)
                {
                    observe(outputs[i], results[i].Read<float>());
                }
            }
        }
    }

    // 0 is in every range.
    private static ValueRange Wider(string name, ValueRange range, ReadOnlySpan<float> numbers)
    {
        foreach (float number in numbers)
        {
            range = float.IsFinite(number) ? new(Math.Min(range.Least, number), Math.Max(range.Greatest, number))
                : throw new EspalierException($"In calibration a value of '{name}' is {number}; expected finite numbers.");
        }

        return range;
    }

    private static Dictionary<string, ValueRange> Percentiles(IRunnable run, IReadOnlyList<Tensor> samples, string[] outputs, Dictionary<string, ValueRange> extremes, double percentile)
    {
        var histograms = extremes.Keys.ToDictionary(name => name, _ => new long[Bins], StringComparer.Ordinal);
        Each(run, samples, outputs, extremes.Count, (name, numbers) =>
        {
            (ValueRange range, long[] histogram) = (extremes[name], histograms[name]);
            double width = (range.Greatest - range.Least) / Bins;
            foreach (float number in numbers)
            {
                histogram[width == 0 ? 0 : Math.Clamp((int)((number - range.Least) / width), 0, Bins - 1)]++;
            }
        });
        return extremes.ToDictionary(range => range.Key, range => Within(range.Value, histograms[range.Key], percentile), StringComparer.Ordinal);
    }

    /// <summary>The narrowest range of whole bins outside of which, on either side, at most half of the other values lie.</summary>
    private static ValueRange Within(ValueRange range, long[] histogram, double percentile)
    {
        double outside = histogram.Sum() * (100 - percentile) / 200;
        (int first, int last) = (0, Bins - 1);
        for (long below = histogram[first]; below <= outside && first < last; below += histogram[++first])
        {
        }

        for (long above = histogram[last]; above <= outside && last > first; above += histogram[--last])
        {
        }

        double width = (range.Greatest - range.Least) / Bins;
        return new(Math.Min(0, range.Least + (first * width)), Math.Max(0, range.Least + ((last + 1) * width)));
    }
}
