using System.Globalization;
using Espalier.Kernels;

namespace Espalier.Bench.Layers;

/// <summary>Times the layers of a network, alone and one after the other, beside the peak of the arithmetic units in the same run.</summary>
internal static class KernelBench
{
    internal static int Run(string[] arguments)
    {
        string network = arguments.ElementAtOrDefault(0) ?? "resnet50";
        int repeats = int.Parse(arguments.ElementAtOrDefault(1) ?? "30", CultureInfo.InvariantCulture);
        InstructionSet set = InstructionSet.Best;
        LayerTimes times = LayerTimes.Measure(network, repeats, set, arguments.ElementAtOrDefault(2));
        Console.WriteLine($"{network}, {set.Name}, one thread, {repeats} repeats, measured peak {times.PeakGigaflops:F1} GFLOPS");
        Console.WriteLine($"{"step",-28} {"shape",-28} {"kernel",-12} {"hot ms",8} {"GFLOPS",8} {"cold ms",8} {"GFLOPS",8} {"of peak",8}");
        for (int i = 0; i < times.Steps.Length; i++)
        {
            NetworkStep step = times.Steps[i];
            double operations = 2e-9 * step.Step.MultiplyAccumulates;
            (double hot, double cold) = (times.Hot[i], times.Cold[i].Min());
            Console.WriteLine(
                $"{step.Step.Name,-28} {step.Shape,-28} {step.Kernel,-12} {hot * 1e3,8:F3} {operations / hot,8:F1} {cold * 1e3,8:F3} {operations / cold,8:F1} {operations / cold / times.PeakGigaflops,8:P1}");
        }

        Report(times);
        return 0;
    }

    private static void Report(LayerTimes times)
    {
        double all = 2e-9 * times.Steps.Sum(step => step.Step.MultiplyAccumulates);
        double[] totals = [.. Enumerable.Range(0, times.Cold[0].Length).Select(repeat => times.Cold.Sum(step => step[repeat])).Order()];
        double sum = times.Cold.Sum(step => step.Min());
        Console.WriteLine(
            $"all steps: hot {times.Hot.Sum() * 1e3:F2} ms; cold, best of each {sum * 1e3:F2} ms ({all / sum:F1} GFLOPS, {all / sum / times.PeakGigaflops:P1}); "
            + $"cold runs: best {totals[0] * 1e3:F2}, median {totals[totals.Length / 2] * 1e3:F2} ms");
    }
}
