using System.Diagnostics;
using System.Globalization;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Bench.Gradients;

/// <summary>Times the gradients of a network's convolutions and batch norms at a training batch, on one thread, beside the peak of the arithmetic units in the same run.</summary>
internal sealed class GradientBench(int batch, double peak)
{
    private const double Seconds = 0.15; // for each row, or three times, whichever is longer

    internal static int Run(string[] arguments)
    {
        string network = arguments.ElementAtOrDefault(0) ?? "cifar-resnet18";
        int batch = int.Parse(arguments.ElementAtOrDefault(1) ?? (network.StartsWith("cifar", StringComparison.Ordinal) ? "128" : "16"), CultureInfo.InvariantCulture);
        InstructionSet set = InstructionSet.Best;
        double peak = FusedMultiplyAddPeak.Measure(set, 200);
        Console.WriteLine($"{network}, batch {batch}, {set.Name}, one thread, measured peak {peak:F1} GFLOPS");
        Console.WriteLine($"{"layer",-22} {"shape",-22} {"x",2} | {"weights ms",10} {"GFLOPS",7} {"of peak",7}");
        var bench = new GradientBench(batch, peak);
        double total = 0;
        foreach ((ConvolutionLayer layer, int times) in GradientLayers.Of(network))
        {
            total += bench.Report(layer, times, set.Lanes);
        }

        Console.WriteLine($"weights {total * 1e3:F1} ms");
        return 0;
    }

    private double Report(ConvolutionLayer layer, int times, int lanes)
    {
        ConvolutionProblem problem = layer.Problem(lanes, layer.Kernel / 2);
        BlockedLayout gradients = problem.Output with { Border = new Border(1, 1, 1, 1) };
        Memory<float> input = Numbers(batch * problem.Input.Length, 1);
        Memory<float> gradient = Numbers(batch * gradients.Length, 2);
        var weightGradient = new ConvolutionWeightGradient(problem, gradients, hasBias: false);
        Memory<float> workspace = AlignedMemory.Allocate<float>(weightGradient.WorkspaceLength(batch));
        Memory<float> weights = AlignedMemory.Allocate<float>(layer.Outputs * layer.Inputs * layer.Kernel * layer.Kernel);
        double weightSeconds = Best(() => weightGradient.Accumulate(input.Span, gradient.Span, workspace.Span, batch, 0, 1));
        double reduce = Best(() => weightGradient.Reduce(workspace.Span, weights.Span, [], batch, false, 0, 1));
        double operations = 2e-9 * batch * problem.MultiplyAccumulates;
        string shape = $"{layer.Inputs}->{layer.Outputs} {layer.Kernel}x{layer.Kernel}/{layer.Stride} @{layer.Size}";
        Console.WriteLine($"{layer.Name,-22} {shape,-22} {times,2} | {weightSeconds * 1e3,10:F2} {operations / weightSeconds,7:F1} {operations / weightSeconds / peak,7:P0} {reduce * 1e3:F2}");
        return times * (weightSeconds + reduce);
    }

    private static Memory<float> Numbers(int length, ulong seed)
    {
        Memory<float> memory = AlignedMemory.Allocate<float>(length);
        var random = new CounterRandom(seed);
        Span<float> span = memory.Span;
        for (int i = 0; i < Math.Min(length, 1 << 16); i++)
        {
            span[i] = (float)random.Uniform((ulong)i, -1, 1);
        }

        for (int i = 1 << 16; i < length; i++)
        {
            span[i] = span[i - (1 << 16)];
        }

        return memory;
    }

    private static double Best(Action action)
    {
        double best = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return best;
    }
}
