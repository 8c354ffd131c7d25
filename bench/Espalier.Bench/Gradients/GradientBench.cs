using System.Diagnostics;
using System.Globalization;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Bench.Gradients;

/// <summary>Times the gradients of a network's convolutions and its batch norms at a training batch, on one thread, beside the peak of the arithmetic units in the same run.</summary>
internal sealed class GradientBench(int batch, double peak)
{
    private const double Seconds = 0.1; // for each row, or three times, whichever is longer

    private readonly Dictionary<string, double> _totals = [];

    internal static int Run(string[] arguments)
    {
        string network = arguments.ElementAtOrDefault(0) ?? "cifar-resnet18";
        int batch = int.Parse(arguments.ElementAtOrDefault(1) ?? (network.StartsWith("cifar", StringComparison.Ordinal) ? "128" : "16"), CultureInfo.InvariantCulture);
        InstructionSet set = InstructionSet.Best;
        double peak = FusedMultiplyAddPeak.Measure(set, 200);
        Console.WriteLine($"{network}, batch {batch}, {set.Name}, one thread, measured peak {peak:F1} GFLOPS");
        Console.WriteLine("Times in ms; share of the peak and GFLOPS as if computed directly; batch norm's GB/s count what must be read and written: x twice, y; x, y's gradient twice, x's gradient.");
        Console.WriteLine($"{"shape",-19} {"x",2} | {"forward",8} {"GFLOPS",6} {"kernel",-10} | {"inputs",8} {"GFLOPS",6} {"peak",5} {"kernel",-10} | {"weights",8} {"GFLOPS",6} {"peak",5} {"reduce",7} | {"repack",6} | {"norm",6} {"GB/s",5} {"back",6} {"GB/s",5}");
        var bench = new GradientBench(batch, peak);
        foreach ((ConvolutionLayer layer, int times) in GradientLayers.Of(network))
        {
            bench.Report(layer, times, set.Lanes);
        }

        Console.WriteLine(string.Join(", ", bench._totals.Select(total => $"{total.Key} {total.Value * 1e3:F1}")) + $": {bench._totals.Values.Sum() * 1e3:F1} ms in all");
        return 0;
    }

    private void Report(ConvolutionLayer layer, int times, int lanes)
    {
        ConvolutionProblem problem = layer.Problem(lanes) with { UsualBatch = batch };
        BlockedLayout gradients = problem.Output with { Border = ConvolutionInputGradient.RequiredBorder(problem) };
        Memory<float> input = Numbers(batch * problem.Input.Length, 1);
        Memory<float> gradient = Numbers(batch * gradients.Length, 2);
        float[] weights = Numbers(layer.Outputs * layer.Inputs * layer.Kernel * layer.Kernel, 3).ToArray();
        string line = $"{$"{layer.Inputs}->{layer.Outputs} {layer.Kernel}x{layer.Kernel}/{layer.Stride} @{layer.Size}",-19} {times,2} | ";
        line += Forward(problem, input, weights, times, out double repack);
        line += InputGradient(problem, gradients, gradient, weights, layer.Inputs == 3 ? 0 : times, ref repack);
        line += WeightGradient(problem, gradients, input, gradient, weights, times);
        _totals["repack"] = _totals.GetValueOrDefault("repack") + (times * repack);
        line += $"{repack * 1e3,6:F2} | ";
        line += BatchNorm(problem.Output, gradients, times);
        Console.WriteLine(line);
    }

    private string Forward(ConvolutionProblem problem, Memory<float> input, float[] weights, int times, out double repack)
    {
        PackedConvolution packed = ConvolutionKernel.Choose(problem).Pack(problem, weights, []);
        Memory<float> output = AlignedMemory.Allocate<float>(batch * problem.Output.Length);
        Memory<float> scratch = AlignedMemory.Allocate<float>(packed.ScratchLength);
        double seconds = Best("forward", times, () => packed.Run(
            new ConvolutionOperands { Batch = batch, Input = input.Span, Output = output.Span, Scratch = scratch.Span }, 0, 1));
        repack = Best("", 0, () => packed.Repack(weights, [], 0, 1));
        return $"{seconds * 1e3,8:F2} {Operations(problem) / seconds,6:F0} {packed.KernelName,-10} | ";
    }

    private string InputGradient(ConvolutionProblem problem, BlockedLayout gradients, Memory<float> gradient, float[] weights, int times, ref double repack)
    {
        if (times == 0)
        {
            return $"{"",8} {"",6} {"",5} {"",-10} | "; // nobody asks for the gradient of the image
        }

        var inputs = ConvolutionInputGradient.Create(problem, gradients, problem.Input, weights);
        Memory<float> output = AlignedMemory.Allocate<float>(batch * problem.Input.Length);
        Memory<float> scratch = AlignedMemory.Allocate<float>(inputs.ScratchLength);
        double seconds = Best("inputs", times, () => inputs.Run(
            new InputGradientOperands { Batch = batch, OutputGradient = gradient.Span, InputGradient = output.Span, Scratch = scratch.Span }, 0, 1));
        repack += Best("", 0, () => inputs.Repack(weights, 0, 1));
        return $"{seconds * 1e3,8:F2} {Operations(problem) / seconds,6:F0} {Operations(problem) / seconds / peak,5:P0} {inputs.KernelName.Replace("phases of ", "/ ", StringComparison.Ordinal),-10} | ";
    }

    private string WeightGradient(ConvolutionProblem problem, BlockedLayout gradients, Memory<float> input, Memory<float> gradient, float[] weights, int times)
    {
        var weightGradient = new ConvolutionWeightGradient(problem, gradients, hasBias: false);
        Memory<float> workspace = AlignedMemory.Allocate<float>(weightGradient.WorkspaceLength(batch));
        double seconds = Best("weights", times, () => weightGradient.Accumulate(input.Span, gradient.Span, workspace.Span, batch, 0, 1));
        double reduce = Best("reduce", times, () => weightGradient.Reduce(workspace.Span, weights, [], batch, false, 0, 1));
        return $"{seconds * 1e3,8:F2} {Operations(problem) / seconds,6:F0} {Operations(problem) / seconds / peak,5:P0} {reduce * 1e3,7:F2} | ";
    }

    private string BatchNorm(BlockedLayout layout, BlockedLayout gradients, int times)
    {
        var kernel = new BatchNormTraining(new BatchNormProblem
        {
            Input = layout,
            Output = gradients,
            Relu = true,
            Eps = 1e-5f,
            OutputGradient = gradients,
            InputGradient = gradients,
        });
        (Memory<float> input, Memory<float> gradient) = (Numbers(batch * layout.Length, 4), Numbers(batch * gradients.Length, 5));
        Memory<float> output = AlignedMemory.Allocate<float>(batch * gradients.Length);
        var (mean, variance, inverse) = (new float[layout.PaddedChannels], new float[layout.PaddedChannels], new float[layout.PaddedChannels]);
        var workspace = new float[kernel.WorkspaceLength(batch)];
        double forward = Best("norm", times, () =>
        {
            var operands = new BatchNormForwardOperands
            {
                Batch = batch,
                Input = input.Span,
                Output = output.Span,
                Mean = mean,
                Variance = variance,
                InverseDeviation = inverse,
                Workspace = workspace,
            };
            kernel.GatherMoments(operands, 0, 1);
            kernel.Normalize(operands, 0, 1);
        });
        double backward = Best("norm back", times, () =>
        {
            var operands = new BatchNormBackwardOperands
            {
                Batch = batch,
                Input = input.Span,
                OutputGradient = gradient.Span,
                InputGradient = output.Span,
                Mean = mean,
                InverseDeviation = inverse,
                Workspace = workspace,
            };
            kernel.GatherGradients(operands, 0, 1);
            kernel.Propagate(operands, 0, 1);
        });
        double gigabytes = 1e-9 * sizeof(float) * batch * layout.PaddedChannels * layout.Height * layout.Width;
        return $"{forward * 1e3,6:F2} {3 * gigabytes / forward,5:F1} {backward * 1e3,6:F2} {5 * gigabytes / backward,5:F1}";
    }

    private double Operations(in ConvolutionProblem problem) => 2e-9 * batch * problem.MultiplyAccumulates;

    private static Memory<float> Numbers(int length, ulong seed)
    {
        const int Period = 1 << 16;
        Memory<float> memory = AlignedMemory.Allocate<float>(length);
        var random = new CounterRandom(seed);
        Span<float> span = memory.Span;
        for (int i = 0; i < length; i++)
        {
            span[i] = i < Period ? (float)random.Uniform((ulong)i, -1, 1) : span[i - Period];
        }

        return memory;
    }

    private double Best(string what, int times, Action action)
    {
        double best = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        if (times > 0)
        {
            _totals[what] = _totals.GetValueOrDefault(what) + (times * best);
        }

        return best;
    }
}
