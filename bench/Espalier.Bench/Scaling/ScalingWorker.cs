using System.Diagnostics;
using System.Globalization;
using Espalier.Data;
using Espalier.Distributed;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Bench.Scaling;

/// <summary>One process of a training whose steps are timed: alone, or one of those that mpiexec has started. The first prints milliseconds for a step and for the exchange of the gradients by itself.</summary>
internal static class ScalingWorker
{
    private const int WarmUp = 3;
    private const int Exchanges = 20;

    /// <param name="arguments">Network, batch, parts, <c>sync</c> or <c>parts</c>, threads, steps.</param>
    internal static int Run(string[] arguments)
    {
        (string network, int batch, int parts, bool synchronizes, int threads, int steps) = (arguments[0], Number(arguments[1]), Number(arguments[2]), arguments[3] == "sync", Number(arguments[4]), Number(arguments[5]));
        using MpiProcesses? processes = MpiProcesses.IsStarted ? MpiProcesses.Join() : null;
        Model model = Zoo.Create(network).Initialize(1);
        Shape input = model.Graph.ShapeOf(model.Graph.Input.Name);
        var parallel = new DataParallel { Processes = processes, Parts = parts, SynchronizeNorms = synchronizes };
        var data = new DataLoader(
            new Noise(batch * (WarmUp + steps), input[1], model.Graph.ShapeOf(model.Graph.Outputs[0])[0]),
            new InputPipeline(input, Normalization.ImageNet),
            new DataLoaderOptions { BatchSize = batch, Workers = 0, Share = parallel.Share });
        using var trainer = new Trainer(model, data, new TrainingOptions { Epochs = 1, Threads = threads, Parallel = parallel, Runtime = CpuRuntime.Instance, LearningRate = 1e-3 });
        var watch = new Watch();
        trainer.Run(watch);
        double exchange = processes is { Count: > 1 } ? Exchange(processes, model) : 0;
        if (processes is not { Rank: > 0 })
        {
            double[] times = [.. watch.Milliseconds.Skip(WarmUp).Order()];
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times[times.Length / 2]:F3} {exchange:F3} {trainer.Memory.Total}"));
        }

        return 0;
    }

    private static double Exchange(IProcessGroup processes, Model model)
    {
        float[] numbers = new float[model.Graph.Parameters.Where(parameter => !parameter.Value.IsBuffer).Sum(parameter => parameter.Value.Shape.Count)];
        var sum = new OrderedSum(processes);
        var times = new List<double>();
        for (int i = 0; i < Exchanges; i++)
        {
            long start = Stopwatch.GetTimestamp();
            sum.Run(numbers);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[Exchanges / 2];
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private sealed class Watch : IProgress<TrainingProgress>
    {
        private long _last = Stopwatch.GetTimestamp();

        internal List<double> Milliseconds { get; } = [];

        public void Report(TrainingProgress value)
        {
            Milliseconds.Add(Stopwatch.GetElapsedTime(_last).TotalMilliseconds);
            _last = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Images that cost nothing to read.</summary>
    private sealed class Noise(int count, int side, int classes) : IDataset
    {
        public int Count => count;

        public IReadOnlyList<string> Labels { get; } = [.. Enumerable.Range(0, classes).Select(index => index.ToString(CultureInfo.InvariantCulture))];

        public Shape? SampleShape => [3, side, side];

        public int LabelOf(int index) => index % classes;

        public string NameOf(int index) => $"image {index}";

        public void Read(int index, PixelBuffer pixels)
        {
            Span<byte> bytes = pixels.Reset(side, side);
            new Random(index).NextBytes(bytes);
        }
    }
}
