using System.Diagnostics;
using System.Globalization;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Bench.Layers;

/// <summary>Sets the time of each kind of work of a training step beside what the machine's limits allow at best, as a Markdown table.</summary>
internal sealed class TrainingLimits : IDisposable
{
    private const int PeakRepeats = 3; // between steps
    private static readonly SgdOptions Sgd = new() { Momentum = 0.9, WeightDecay = 1e-4 };

    private readonly WorkerPool _pool;
    private readonly TrainingPlan _plan;
    private readonly Optimizer _optimizer;
    private readonly Tensor _images;
    private readonly TargetDistribution _targets;
    private readonly float[] _gradient;
    private readonly double[][] _seconds; // [layer][pass]: the least of all steps
    private readonly int _batch;
    private long _step;

    private TrainingLimits(string network, int batch, int threads)
    {
        _batch = batch;
        Model model = Zoo.Create(network).Initialize(0);
        _pool = new WorkerPool(threads);
        _plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = batch }, _pool);
        _optimizer = Sgd.Create(_plan.Parameters);
        _images = NetworkRun.Images(_plan.InputShape, batch);
        int classes = _plan.OutputShape[0];
        _targets = TargetDistribution.Of([.. Enumerable.Range(0, batch).Select(i => ((7 * i) + 3) % classes)], classes);
        _gradient = new float[batch * classes];
        _seconds = [.. _plan.Layers.Select(_ => Enum.GetValues<LayerPass>().Select(_ => double.MaxValue).ToArray())];
    }

    private double StepSeconds { get; set; } = double.MaxValue;

    private double OptimizerSeconds { get; set; } = double.MaxValue;

    /// <summary>Measures one network.</summary>
    /// <param name="arguments">The network, and possibly batch, threads and steps.</param>
    internal static int Run(string[] arguments)
    {
        string network = arguments.ElementAtOrDefault(0) ?? "resnet18";
        int batch = Number(arguments, 1, network.Contains("cifar", StringComparison.Ordinal) ? 128 : 16);
        int threads = Number(arguments, 2, 1);
        int steps = Number(arguments, 3, 10);
        double bandwidth = MachinePeaks.Bandwidth(threads);
        using var limits = new TrainingLimits(network, batch, threads);
        double peak = limits.Measure(steps, threads);
        Machine machine = Machine.Describe();
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"""
            # Limits of training steps: {network}, {machine.Processor}

            Written by `dotnet run -c Release --project bench/Espalier.Bench -- limits --training {network} {batch} {threads} {steps}` on {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {machine.Others} of the processors' time used by others.

            Batch {batch}, threads: {threads}, {InstructionSet.Best.Name}, best of {steps} steps. Peak {peak:F1} GFLOPS; reading memory {bandwidth:F1} GB/s. *At peak* is the time of the products that the kernel needs (Winograd's are fewer than the layer's), *at bandwidth* that of
            the values and gradients that the work must read and write, as if no cache held any of them; *of the limit* is the greater of both over the measured time, above 100 % where caches help. Times are the least of all steps for each layer; the best step as a whole took {limits.StepSeconds * 1e3:F1} ms.

            | pass | layers | number | ms | of the step | at peak ms | MB | at bandwidth ms | bound by | of the limit |
            | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: |

            """));
        Console.Write(limits.Table(peak, bandwidth));
        return 0;
    }

    public void Dispose() => _pool.Dispose();

    private static int Number(string[] arguments, int index, int usual) =>
        arguments.Length > index ? int.Parse(arguments[index], CultureInfo.InvariantCulture) : usual;

    private double Measure(int steps, int threads)
    {
        Step(); // code is compiled and memory becomes resident
        double peak = 0;
        for (int step = 0; step < steps; step++)
        {
            _plan.ResetSavedSeconds();
            long start = Stopwatch.GetTimestamp();
            Step();
            StepSeconds = Math.Min(StepSeconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
            for (int layer = 0; layer < _seconds.Length; layer++)
            {
                foreach (LayerPass pass in Enum.GetValues<LayerPass>())
                {
                    _seconds[layer][(int)pass] = Math.Min(_seconds[layer][(int)pass], _plan.Layers[layer].Cost.Seconds(pass));
                }
            }

            peak = Math.Max(peak, MachinePeaks.Gigaflops(threads, InstructionSet.Best, PeakRepeats));
        }

        return peak;
    }

    private void Step()
    {
        _plan.ZeroGradients();
        CrossEntropy.Compute(_plan.Forward(_images, _step++), _targets, 1.0 / _batch, _gradient);
        _plan.Backward(_gradient);
        long start = Stopwatch.GetTimestamp();
        _optimizer.Step(0.01, _pool);
        OptimizerSeconds = Math.Min(OptimizerSeconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
        _plan.ParametersChanged();
    }

    private string Table(double peak, double bandwidth)
    {
        (TrainingPasses Passes, double[] Seconds)[] layers = [.. _plan.Layers.Select((layer, i) => (new TrainingPasses(layer, _batch), _seconds[i]))];
        double megabytes = 5e-6 * sizeof(float) * _plan.Parameters.Sum(parameter => (double)parameter.Shape.Count); // value and momentum read and written, gradient read
        var optimizer = new LayerLimit("SGD with momentum", _plan.Parameters.Count, OptimizerSeconds * 1e3, 0, 0, megabytes, megabytes / bandwidth, megabytes / bandwidth);
        List<(string Pass, LayerLimit Limit)> rows = [];
        List<LayerLimit> totals = [optimizer];
        foreach (LayerPass pass in Enum.GetValues<LayerPass>())
        {
            LayerLimit[] limits = [.. layers.Where(layer => layer.Passes.Has(pass)).Select(layer => Limit(layer.Passes, pass, layer.Seconds[(int)pass] * 1e3, peak, bandwidth))];
            rows.AddRange(limits.GroupBy(limit => limit.Name).Select(kind => (pass.ToString(), kind.Aggregate((a, b) => a + b))));
            totals.Add(limits.Aggregate((a, b) => a + b) with { Name = "all" });
            rows.Add((pass.ToString(), totals[^1]));
        }

        rows.Add(("Optimizer", optimizer));
        LayerLimit step = totals.Aggregate((a, b) => a + b) with { Name = "the step" };
        rows.Add(("all", step));
        return string.Concat(rows.Select(row => Row(row.Pass, row.Limit, step.Cold)));
    }

    private static LayerLimit Limit(TrainingPasses passes, LayerPass pass, double milliseconds, double peak, double bandwidth)
    {
        double atPeak = passes.Products(pass) * 2e-6 / peak;
        double megabytes = passes.Bytes(pass) * 1e-6;
        return new LayerLimit(passes.Kind(pass), 1, milliseconds, 0, atPeak, megabytes, megabytes / bandwidth, Math.Max(atPeak, megabytes / bandwidth));
    }

    private static string Row(string pass, LayerLimit limit, double step) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {pass} | {limit.Name} | {limit.Steps} | {limit.Cold:F2} | {100 * limit.Cold / step:F1} % | {limit.AtPeak:F2} | {limit.Megabytes:F1} | {limit.AtBandwidth:F2} | {limit.Bound} | {limit.Share} |\n");
}
