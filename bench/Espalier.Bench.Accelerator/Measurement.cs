using System.Collections.Immutable;
using System.Diagnostics;
using Espalier.Accelerated;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Tensors;
using Espalier.Training;
using Statistics = Espalier.Bench.Measuring.Statistics;

namespace Espalier.Bench.Accelerator;

/// <summary>What is measured on a device: answers beside the CPU's, and times.</summary>
internal sealed class Measurement
{
    private const int LeastRuns = 5;
    private const int MostRuns = 100;
    private const int CheckedBatch = 4; // of the training step that the CPU makes too

    /// <summary>The device.</summary>
    internal required AcceleratorDevice Device { get; init; }

    /// <summary>The networks that are run.</summary>
    internal required ImmutableArray<(string Name, Model Model)> Networks { get; init; }

    /// <summary>Images in a forward pass.</summary>
    internal required ImmutableArray<int> Batches { get; init; }

    /// <summary>The network that is trained.</summary>
    internal required (string Name, Model Model)? Trained { get; init; }

    /// <summary>Images in a training step.</summary>
    internal required int TrainingBatch { get; init; }

    /// <summary>How long a row is repeated.</summary>
    internal required TimeSpan Time { get; init; }

    /// <summary>The scale of <see cref="DevicePeaks.Measure"/>.</summary>
    internal required int PeakScale { get; init; }

    /// <summary>Measures everything.</summary>
    /// <param name="progress">Gets a line before each part.</param>
    internal Report Run(TextWriter progress)
    {
        progress.WriteLine($"{Device.Name}: peaks");
        DevicePeaks peaks;
        using (Device opened = Device.Open())
        {
            peaks = DevicePeaks.Measure(opened, PeakScale);
        }

        using var runtime = new AcceleratedRuntime(Device);
        var report = new Report(Device, peaks);
        foreach ((string name, Model model) in Networks)
        {
            progress.WriteLine($"{name}: answers and times");
            report.Rows.AddRange(Inference(runtime, name, model));
        }

        if (Trained is var (trained, network))
        {
            progress.WriteLine($"{trained}: training");
            report.Rows.Add(Training(runtime, trained, network));
        }

        return report;
    }

    private IEnumerable<ReportRow> Inference(AcceleratedRuntime runtime, string name, Model model)
    {
        long macs = new NetworkDefinition(model.Graph, model.Metadata).Summarize().MultiplyAccumulates;
        using IRunnable device = runtime.Prepare(model), cpu = CpuRuntime.Instance.Prepare(model);
        Tensor one = Images(model, 1);
        double difference = Difference(cpu.Run(one).Read<float>(), device.Run(one).Read<float>());
        foreach (int batch in Batches)
        {
            Tensor images = Images(model, batch);
            yield return new ReportRow($"{name}, inference", batch, Times(() => device.Run(images)), 2.0 * macs * batch, difference);
        }
    }

    private ReportRow Training(AcceleratedRuntime runtime, string name, Model model)
    {
        int few = Math.Min(CheckedBatch, TrainingBatch);
        double difference;
        using (var device = new TrainingSteps(runtime, model, few))
        using (var cpu = new TrainingSteps(CpuRuntime.Instance, model, few))
        {
            double expected = cpu.Step(Images(model, few));
            difference = Math.Abs(device.Step(Images(model, few)) - expected) / Math.Abs(expected);
        }

        long macs = new NetworkDefinition(model.Graph, model.Metadata).Summarize().MultiplyAccumulates;
        using var steps = new TrainingSteps(runtime, model, TrainingBatch);
        Tensor images = Images(model, TrainingBatch);
        return new ReportRow($"{name}, training step", TrainingBatch, Times(() => steps.Step(images)), 3 * 2.0 * macs * TrainingBatch, difference);
    }

    private Statistics Times(Action run)
    {
        run(); // compiles kernels and takes memory
        run();
        var seconds = new List<double>();
        long begin = Stopwatch.GetTimestamp();
        while (seconds.Count < LeastRuns || (seconds.Count < MostRuns && Stopwatch.GetElapsedTime(begin) < Time))
        {
            long start = Stopwatch.GetTimestamp();
            run();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Statistics.Of(seconds);
    }

    private static Tensor Images(Model model, int batch)
    {
        Tensor images = Tensor.Zeros(model.Graph.ShapeOf(model.Graph.Input.Name).Prepend(batch));
        var random = new Random(1);
        foreach (ref float value in images.Write<float>())
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return images;
    }

    private static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        (double greatest, double difference) = (0, 0);
        for (int i = 0; i < expected.Length; i++)
        {
            greatest = Math.Max(greatest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs(expected[i] - (double)actual[i]));
        }

        return difference / greatest;
    }

    /// <summary>Steps of SGD on one batch.</summary>
    private sealed class TrainingSteps : IDisposable
    {
        private const double LearningRate = 0.01;
        private static readonly SgdOptions s_sgd = new() { Momentum = 0.9, WeightDecay = 1e-4 };

        private readonly ITrainingRun _run;
        private readonly WorkerPool _workers = new(ThreadCount.Usual);
        private readonly Optimizer _optimizer;
        private readonly TargetDistribution _targets;
        private readonly float[] _gradient;
        private readonly int _batch;
        private long _step;

        internal TrainingSteps(IRuntime runtime, Model model, int batch)
        {
            _batch = batch;
            _run = runtime.PrepareTraining(model, new TrainingRunOptions { Batch = batch });
            _optimizer = s_sgd.Create(_run.Parameters);
            int classes = (int)model.Graph.ShapeOf(model.Graph.Outputs[0]).Count;
            _targets = TargetDistribution.Of([.. Enumerable.Range(0, batch).Select(i => ((7 * i) + 3) % classes)], classes);
            _gradient = new float[batch * classes];
        }

        /// <summary>Makes a step and returns its loss.</summary>
        internal double Step(Tensor images)
        {
            _run.ZeroGradients();
            double loss = CrossEntropy.Compute(_run.Forward(images, _step++), _targets, 1.0 / _batch, _gradient);
            _run.Backward(_gradient);
            _run.Step(() => _optimizer.Step(LearningRate, _workers));
            return loss;
        }

        public void Dispose()
        {
            _run.Dispose();
            _workers.Dispose();
        }
    }
}
