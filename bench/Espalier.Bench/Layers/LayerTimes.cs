using System.Collections.Immutable;
using Espalier.Bench.Measuring;
using Espalier.Bench.Workers;
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

    /// <summary>What stands behind the name of a network that is to be quantized.</summary>
    internal const string InInt8 = ":int8";

    /// <summary>Times every step of a network of the zoo with random weights.</summary>
    /// <param name="network">Its name, with <see cref="InInt8"/> for its 8-bit form.</param>
    /// <param name="repeats">Runs of the network.</param>
    /// <param name="set">The vectors to compute with.</param>
    /// <param name="kernels">Kernels to prefer, separated by commas.</param>
    /// <param name="threads">Threads that share each step.</param>
    internal static LayerTimes Measure(string network, int repeats, InstructionSet set, string? kernels, int threads = 1)
    {
        bool isQuantized = network.EndsWith(InInt8, StringComparison.Ordinal);
        Model model = Zoo.Create(isQuantized ? network[..^InInt8.Length] : network).Initialize(0);
        model = isQuantized ? QuantizedExport.Quantized(model, [NetworkRun.Image(model.Graph.ShapeOf(model.Graph.Input.Name))]) : model;
        double Peak(int repeats) => isQuantized ? 2 * MachinePeaks.ByteProducts(threads, IntegerTier.Best, repeats) : MachinePeaks.Gigaflops(threads, set, repeats);
        using var run = new NetworkRun(model, set, kernels, threads);
        double peak = Peak(PeakRepeats);
        var cold = new double[repeats][];
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            cold[repeat] = run.Cold();
            peak = Math.Max(peak, Peak(PeakRepeatsBetween));
        }

        return new LayerTimes(run.Steps, [.. run.Steps.Select((_, i) => cold.Select(times => times[i]).ToArray())], [.. run.Steps.Select(run.Hot)], peak);
    }
}
