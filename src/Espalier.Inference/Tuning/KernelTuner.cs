using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Times whole networks, each time with another candidate kernel for every convolution, and keeps the fastest of each.</summary>
/// <remarks>
/// The candidates of a convolution are the kernels that support it, in order of cost. Round r runs the network with the r-th candidate of every
/// convolution that has that many, so the number of rounds is the largest number of candidates, and every time is measured with the caches as
/// the network leaves them. Convolutions with equal descriptions are timed together.
/// </remarks>
internal sealed class KernelTuner(PredictorOptions options, int batch, int repetitions)
{
    // Kernels of more than this many times the least cost were never the fastest; packing them for all layers would only take time and memory.
    private const double CostWorthTiming = 4;

    private readonly InstructionSet _set = options.InstructionSet ?? InstructionSet.Best;
    private readonly Dictionary<string, string[]> _candidates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double[]> _milliseconds = new(StringComparer.Ordinal);

    internal TunedKernels Tune(Model model, Action<double> progress)
    {
        Model prepared = Predictor.Prepared(model, options);
        using var pool = new WorkerPool(options.ThreadCount);
        Tensor input = Tensor.Zeros(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(batch));
        Fill(input.Write<float>());
        for (int round = 0, rounds = 1; round < rounds; round++)
        {
            Time(prepared, pool, input, round);
            rounds = _candidates.Values.Select(names => names.Length).DefaultIfEmpty(0).Max();
            progress((round + 1.0) / Math.Max(1, rounds));
        }

        var choices = _candidates.Where(pair => pair.Value.Length > 1)
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value[Array.IndexOf(_milliseconds[pair.Key], _milliseconds[pair.Key].Min())]));
        return new TunedKernels(TuningFingerprint.Of(options, batch), choices.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    private void Time(Model prepared, WorkerPool pool, Tensor input, int round)
    {
        LoweringOptions lowering = LoweringOptions.From(options) with
        {
            JoinsDepthwise = false,
            Preference = (in ConvolutionProblem problem, WeightSparsity sparsity) =>
            {
                string[] names = Candidates(problem, sparsity);
                return names[Math.Min(round, names.Length - 1)];
            },
        };
        InferencePlan plan = PlanBuilder.Build(prepared, lowering, pool, null);
        double[] times = StepTimes.LowerQuartiles(plan, pool, input, batch, repetitions);
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int i = 0; i < times.Length; i++)
        {
            if (plan.Steps[i].Weights is ConvolutionWeights weights)
            {
                string key = ProblemKey.Of(weights.Packed.Problem, weights.Sparsity);
                sums[key] = sums.GetValueOrDefault(key) + times[i];
            }
        }

        foreach ((string key, double sum) in sums)
        {
            double[] all = _milliseconds.GetValueOrDefault(key) ?? (_milliseconds[key] = new double[_candidates[key].Length]);
            if (round < all.Length)
            {
                all[round] = sum;
            }
        }
    }

    private string[] Candidates(in ConvolutionProblem problem, WeightSparsity sparsity)
    {
        string key = ProblemKey.Of(problem, sparsity);
        lock (_candidates)
        {
            if (!_candidates.TryGetValue(key, out string[]? names))
            {
                ConvolutionProblem copy = problem;
                (string Name, double Cost)[] able = [.. ConvolutionKernel.All
                    .Where(kernel => kernel.InstructionSet == _set && kernel.Supports(copy))
                    .Select(kernel => (kernel.Name, kernel.CostOf(copy, sparsity)))
                    .OrderBy(pair => pair.Item2)];
                names = [.. able.Where(pair => pair.Cost <= CostWorthTiming * able[0].Cost).Select(pair => pair.Name)];
                _candidates[key] = names;
            }

            return names;
        }
    }

    private static void Fill(Span<float> values)
    {
        CounterRandom random = new CounterRandom(0).Stream("tuning");
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)random.Uniform((ulong)i, -1, 1);
        }
    }
}
