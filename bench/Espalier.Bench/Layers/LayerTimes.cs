using System.Collections.Immutable;
using Espalier.Bench.Measuring;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Models;

namespace Espalier.Bench.Layers;

/// <summary>How long the steps of a network take.</summary>
/// <param name="Steps">The steps, in the network's order.</param>
/// <param name="Cold">For each step the seconds of every run of the network.</param>
/// <param name="Hot">For each step the seconds of the best of a few runs one after the other.</param>
/// <param name="PeakGigaflops">What the arithmetic units did at most, measured between the runs.</param>
internal sealed record LayerTimes(ImmutableArray<NetworkStep> Steps, double[][] Cold, double[] Hot, double PeakGigaflops)
{
    private const int PeakRepeats = 20; // as PeakRepeatsBetween, of some tenths of a millisecond
    private const int PeakRepeatsBetween = 3;

    /// <summary>Times every step of a network of the zoo with random weights.</summary>
    /// <param name="network">Its name.</param>
    /// <param name="repeats">Runs of the network.</param>
    /// <param name="set">The vectors to compute with.</param>
    /// <param name="kernels">Kernels to prefer, separated by commas.</param>
    /// <param name="threads">Threads that share each step.</param>
    internal static LayerTimes Measure(string network, int repeats, InstructionSet set, string? kernels, int threads = 1)
    {
        Model model = Zoo.Create(network).Initialize(0);
        using var run = new NetworkRun(model, set, kernels, threads);
        double peak = MachinePeaks.Gigaflops(threads, set, PeakRepeats);
        var cold = new double[repeats][];
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            cold[repeat] = run.Cold();
            peak = Math.Max(peak, MachinePeaks.Gigaflops(threads, set, PeakRepeatsBetween));
        }

        return new LayerTimes(run.Steps, [.. run.Steps.Select((_, i) => cold.Select(times => times[i]).ToArray())], [.. run.Steps.Select(run.Hot)], peak);
    }
}
