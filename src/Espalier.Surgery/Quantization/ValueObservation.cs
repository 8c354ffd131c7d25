using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Measures the distributions of a network's values on samples, and derives their ranges.</summary>
internal static class ValueObservation
{
    /// <summary>The range of each value, and the observer that gave it.</summary>
    /// <param name="model">The network in floating point.</param>
    /// <param name="values">The values that are rounded.</param>
    /// <param name="samples">All samples.</param>
    /// <param name="trial">Those on which observers are compared.</param>
    /// <param name="options">The observer.</param>
    internal static Dictionary<string, ObservedRange> Ranges(
        Model model, IReadOnlyList<string> values, SampleSet samples, SampleSet trial, QuantizationOptions options)
    {
        using var run = new SampleRun(model, values, samples);
        ValueRange[] extremes = Extremes(run, samples.Work, values);
        if (options.Observer == CalibrationObserver.MinMax)
        {
            return values.Index().ToDictionary(value => value.Item, value => new ObservedRange(extremes[value.Index], CalibrationObserver.MinMax), StringComparer.Ordinal);
        }

        ValueHistogram[] histograms = Histograms(run, samples.Work, extremes);
        CalibrationObserver[] observers = options.Observer == CalibrationObserver.Automatic ? [.. RangeRules.All] : [options.Observer];
        Activation[] activations = [.. values.Select(value => ActivationOf(model.Graph, value))];
        var ranges = new ObservedRange[observers.Length][];
        for (int i = 0; i < observers.Length; i++)
        {
            ranges[i] = new ObservedRange[values.Count];
            Parallel.For(0, values.Count, value => ranges[i][value] = new(RangeRules.Of(observers[i], histograms[value], options.Percentile, activations[value]), observers[i]));
        }

        ObservedRange[] chosen = ranges.Length == 1 ? ranges[0] : Best(model, values, ranges, trial);
        return values.Index().ToDictionary(value => value.Item, value => chosen[value.Index], StringComparer.Ordinal);
    }

    private static Activation ActivationOf(Graph graph, string value) => graph.HasSingleUse(value) && graph.UsersOf(value)[0].Op is ActivationOp op ? op.Activation : Activation.None;

    // 0 is in every range.
    private static ValueRange[] Extremes(SampleRun run, SharedWork work, IReadOnlyList<string> values)
    {
        var ranges = new ValueRange[values.Count];
        work.Run<ValueRange>(run.Count, piece =>
        {
            IReadOnlyList<Tensor> results = run.Run(piece);
            return [.. values.Select((value, i) => RangeOf(value, results[i].Read<float>()))];
        }, found =>
        {
            for (int i = 0; i < ranges.Length; i++)
            {
                ranges[i] = new(Math.Min(ranges[i].Least, found[i].Least), Math.Max(ranges[i].Greatest, found[i].Greatest));
            }
        });
        return ranges;
    }

    // Each process counts the values of its pieces; the counts are exchanged once.
    private static ValueHistogram[] Histograms(SampleRun run, SharedWork work, ValueRange[] ranges)
    {
        ValueHistogram[] own = [.. ranges.Select(range => new ValueHistogram(range))], all = [.. ranges.Select(range => new ValueHistogram(range))];
        work.Each(run.Count, piece =>
        {
            IReadOnlyList<Tensor> results = run.Run(piece);
            Parallel.For(0, own.Length, i => own[i].Add(results[i].Read<float>()));
        });
        for (int i = 0; i < all.Length; i++)
        {
            work.Run(work.Count, _ => own[i].Counts, all[i].Add);
        }

        return all;
    }

    private static ValueRange RangeOf(string name, ReadOnlySpan<float> numbers)
    {
        (float least, float greatest) = (0, 0);
        foreach (float number in numbers)
        {
            (least, greatest) = float.IsFinite(number) ? (Math.Min(least, number), Math.Max(greatest, number))
                : throw new EspalierException($"In calibration a value of '{name}' is {number}; expected finite numbers.");
        }

        return new(least, greatest);
    }

    // See CalibrationObserver.Automatic.
    private static ObservedRange[] Best(Model model, IReadOnlyList<string> values, ObservedRange[][] ranges, SampleSet trial)
    {
        double[] least = [.. values.Select(_ => double.PositiveInfinity)];
        var best = new ObservedRange[values.Count];
        foreach (ObservedRange[] candidates in ranges)
        {
            double[] errors = Errors(model, values, candidates, trial);
            for (int i = 0; i < best.Length; i++)
            {
                (best[i], least[i]) = errors[i] < least[i] ? (candidates[i], errors[i]) : (best[i], least[i]);
            }
        }

        return best;
    }

    private static double[] Errors(Model model, IReadOnlyList<string> values, ObservedRange[] ranges, SampleSet trial)
    {
        var copies = new LayerCopies(model);
        var pairs = new List<(int Value, int Pair)>();
        for (int i = 0; i < ranges.Length; i++)
        {
            string rounded = copies.Round(values[i], ranges[i].Point);
            Node[] readers = [.. model.Graph.UsersOf(values[i]).Distinct()];
            pairs.AddRange(readers.Select(reader => (i, copies.Copy(reader, values[i], rounded))));
            if (readers.Length == 0)
            {
                pairs.Add((i, copies.Compare(values[i], rounded)));
            }
        }

        IReadOnlyList<ChannelDifferences> differences = copies.Measure(trial);
        var errors = new double[ranges.Length];
        foreach ((int value, int pair) in pairs)
        {
            errors[value] += differences[pair].Relative;
        }

        return errors;
    }
}

/// <summary>A range with the observer that gave it.</summary>
/// <param name="Range">The range.</param>
/// <param name="Observer">The observer; <see langword="null"/> for ranges that the caller gave.</param>
internal sealed record ObservedRange(ValueRange Range, CalibrationObserver? Observer)
{
    internal QuantizationPoint Point => QuantizationPoint.Covering(Range.Least, Range.Greatest);
}
