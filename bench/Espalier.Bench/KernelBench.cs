using System.Globalization;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Bench;

/// <summary>Times the convolutions of a network, alone and one after the other, beside the peak of the arithmetic units in the same run.</summary>
internal sealed class KernelBench
{
    private const int Buffers = 5;
    private readonly List<ConvolutionLayer> _layers;
    private readonly PackedConvolution[] _packed;
    private readonly Memory<float>[] _buffers;
    private readonly Memory<float> _scratch;

    private KernelBench(List<ConvolutionLayer> layers, InstructionSet set, string? kernels)
    {
        _layers = layers;
        _packed = [.. layers.Select(layer => Pack(layer, set, kernels))];
        int longest = _packed.Max(packed => Math.Max(packed.Problem.Input.Length, packed.Problem.Output.Length));
        _buffers = [.. Enumerable.Range(0, Buffers).Select(i => AlignedMemory.Allocate<float>(longest))];
        var random = new CounterRandom(3);
        for (int i = 0; i < longest; i++)
        {
            _buffers[0].Span[i] = _buffers[^1].Span[i] = (float)random.Uniform((ulong)i);
        }

        _scratch = AlignedMemory.Allocate<float>(_packed.Max(packed => packed.ScratchLength));
    }

    internal static int Run(string[] arguments)
    {
        string network = arguments.ElementAtOrDefault(0) ?? "resnet50";
        int repeats = int.Parse(arguments.ElementAtOrDefault(1) ?? "30", CultureInfo.InvariantCulture);
        InstructionSet set = InstructionSet.Best;
        Report(Measure(network, repeats, set, arguments.ElementAtOrDefault(2)), network, repeats, set);
        return 0;
    }

    private static PackedConvolution Pack(ConvolutionLayer layer, InstructionSet set, string? kernels)
    {
        ConvolutionProblem problem = layer.Problem(set.Lanes, inputBorder: layer.Kernel / 2);
        var weights = new float[layer.Outputs * layer.Inputs * layer.Kernel * layer.Kernel];
        CounterRandom random = new CounterRandom(5).Stream(layer.Name);
        double bound = Math.Sqrt(3.0 / (layer.Inputs * layer.Kernel * layer.Kernel));
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)random.Uniform((ulong)i, -bound, bound);
        }

        return ConvolutionKernel.Choose(problem, set, kernels).Pack(problem, weights, new float[layer.Outputs]);
    }

    /// <summary>Times every layer of a network.</summary>
    internal static KernelTimes Measure(string network, int repeats, InstructionSet set, string? kernels) =>
        new KernelBench(ResNetLayers.Of(network), set, kernels).Measure(repeats, set);

    private KernelTimes Measure(int repeats, InstructionSet set)
    {
        double peak = FusedMultiplyAddPeak.Measure(set);
        double[][] cold = [.. _layers.Select(_ => new double[repeats])];
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            for (int i = 0; i < _layers.Count; i++)
            {
                cold[i][repeat] = Time(i);
            }

            peak = Math.Max(peak, FusedMultiplyAddPeak.Measure(set, 3));
        }

        double[] hot = [.. _layers.Select((_, i) => Enumerable.Range(0, 10).Min(_ => Time(i)))];
        return new KernelTimes(_layers, _packed, cold, hot, peak);
    }

    private static void Report(KernelTimes times, string network, int repeats, InstructionSet set)
    {
        Console.WriteLine($"{network}, {set.Name}, one thread, {repeats} repeats, measured peak {times.PeakGigaflops:F1} GFLOPS");
        Console.WriteLine($"{"layer",-26} {"shape",-24} {"kernel",-10} {"hot ms",8} {"GFLOPS",8} {"cold ms",8} {"GFLOPS",8} {"of peak",8}");
        for (int i = 0; i < times.Layers.Count; i++)
        {
            ConvolutionLayer layer = times.Layers[i];
            double operations = 2e-9 * times.Packed[i].Problem.MultiplyAccumulates;
            (double hot, double best) = (times.Hot[i], times.Cold[i].Min());
            string shape = $"{layer.Inputs}->{layer.Outputs} {layer.Kernel}x{layer.Kernel}/{layer.Stride} @{layer.Size}";
            Console.WriteLine(
                $"{layer.Name,-26} {shape,-24} {times.Packed[i].KernelName,-10} {hot * 1e3,8:F3} {operations / hot,8:F1} {best * 1e3,8:F3} {operations / best,8:F1} {operations / best / times.PeakGigaflops,8:P1}");
        }

        double all = 2e-9 * times.Packed.Sum(packed => packed.Problem.MultiplyAccumulates);
        double[] totals = [.. Enumerable.Range(0, repeats).Select(repeat => times.Cold.Sum(layer => layer[repeat])).Order()];
        double sum = times.Cold.Sum(layer => layer.Min());
        Console.WriteLine(
            $"all convolutions: hot {times.Hot.Sum() * 1e3:F2} ms; cold, best of each layer {sum * 1e3:F2} ms ({all / sum:F1} GFLOPS, {all / sum / times.PeakGigaflops:P1}); "
            + $"cold runs: best {totals[0] * 1e3:F2}, median {totals[repeats / 2] * 1e3:F2} ms");
    }

    private double Time(int index) => LayerTime.Seconds(_layers[index], _packed[index], _buffers, _scratch);
}
