using System.Diagnostics;
using System.Globalization;
using System.Text;
using Espalier.Bench.Measuring;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Bench.Conditions;

/// <summary>Numbers below the least normal float, with which some processors compute a hundred times slower.</summary>
internal static class DenormalNumbers
{
    private const string Network = "resnet18";
    private const float Denormal = 1e-41f;

    internal static string Measure(ReportArguments effort)
    {
        (int warmUpRuns, int runs) = (effort.Runs(40), effort.Runs(30));
        Model model = Zoo.Create(Network).Initialize(0);
        using var predictor = new Predictor(model, new PredictorOptions { Threads = 1 });
        using var tinyWeights = new Predictor(model.With(Shrunk(model)), new PredictorOptions { Threads = 1 });
        (string What, Predictor Predictor, Tensor Input)[] cases =
        [
            ("normal numbers", predictor, Filled(1)),
            ("denormal input", predictor, Filled(Denormal)),
            ("denormal weights in the stem", tinyWeights, Filled(1)),
        ];
        double[][] times = [.. cases.Select(_ => new double[runs])];
        for (int run = -warmUpRuns; run < runs; run++)
        {
            for (int i = 0; i < cases.Length; i++) // in turns, so that what else the machine does meets all
            {
                long start = Stopwatch.GetTimestamp();
                cases[i].Predictor.Run(cases[i].Input);
                times[i][Math.Max(0, run)] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        var text = new StringBuilder($"""
            ## Denormal numbers

            {Network} at 224 x 224, batch 1, one thread, without biases, so that denormal numbers stay denormal through the whole network: the median of {runs} runs, in turns.

            | | ms | of normal |
            |---|---:|---:|

            """);
        double normal = Statistics.Of(times[0]).Median;
        for (int i = 0; i < cases.Length; i++)
        {
            double median = Statistics.Of(times[i]).Median;
            text.Append(CultureInfo.InvariantCulture, $"| {cases[i].What} | {median:F2} | {median / normal:F2} |\n");
        }

        return text.ToString();
    }

    private static Tensor Filled(float scale)
    {
        Tensor tensor = Tensor.Zeros([1, 3, 224, 224]);
        Span<float> values = tensor.Write<float>();
        CounterRandom random = new CounterRandom(0).Stream("input");
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = scale * (float)random.Uniform((ulong)i, -1, 1);
        }

        return tensor;
    }

    private static Parameters Shrunk(Model model)
    {
        const string Stem = "conv1.weight";
        Parameter stem = model.Parameters[Stem];
        Tensor small = stem.Value.Copy();
        foreach (ref float weight in small.Write<float>())
        {
            weight *= Denormal;
        }

        return model.Parameters.With(Stem, stem with { Value = small });
    }
}
