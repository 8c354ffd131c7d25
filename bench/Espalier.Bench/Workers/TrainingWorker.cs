using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Espalier.Execution;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Bench.Workers;

/// <summary>Espalier's training step as one of the contestants: forward, cross-entropy, backward, SGD with momentum and decay; the same as in <c>bench/peers/pytorch_training.py</c>.</summary>
internal sealed class TrainingWorker(double? survival) : IDisposable
{
    private const double LearningRate = 0.01;
    private static readonly SgdOptions Sgd = new() { Momentum = 0.9, WeightDecay = 1e-4 };

    private WorkerPool? _pool;
    private TrainingPlan? _plan;
    private Optimizer? _optimizer;
    private Tensor _images = Tensor.Zeros([0]);
    private TargetDistribution? _targets;
    private float[] _gradient = [];
    private long _step;

    /// <summary>Answers until <c>quit</c> or the end of the input.</summary>
    /// <param name="arguments">Nothing, or the last block's survival probability.</param>
    /// <param name="commands">One a line.</param>
    /// <param name="answers">One a line.</param>
    internal static int Run(string[] arguments, TextReader commands, TextWriter answers)
    {
        using var worker = new TrainingWorker(arguments is [string text] ? double.Parse(text, CultureInfo.InvariantCulture) : null);
        return LineProtocol.Serve(commands, answers, worker.Answer);
    }

    /// <summary>The model with stochastic depth as the paper has it on each of its residual blocks.</summary>
    internal static Model WithDepth(Model model, double survival) =>
        model.Apply(new StochasticDepthWrap(new StochasticDepthWrapOptions { Survival = SurvivalRule.LinearDecay(survival) }));

    public void Dispose() => _pool?.Dispose();

    private JsonObject Answer(string line) => line switch
    {
        _ when LineProtocol.LoadCommand().Match(line) is { Success: true } words => Load(words.Groups[1].Value, LineProtocol.Integer(words.Groups[2]), LineProtocol.Integer(words.Groups[3])),
        _ when LineProtocol.RunCommand().Match(line) is { Success: true } words => Steps(LineProtocol.Integer(words.Groups[1]), LineProtocol.Integer(words.Groups[2])),
        _ => throw new EspalierException($"expected load PATH THREADS BATCH, run BATCH N or quit, found '{line}'"),
    };

    private JsonObject Load(string folder, int threads, int batch)
    {
        var exported = ExportedModel.Open(folder);
        Model model = exported.NetworkDefinition().Load(CheckpointReader.Read(exported.StateDict).StateDict);
        model = survival is double p ? WithDepth(model, p) : model;
        _pool?.Dispose();
        _pool = new WorkerPool(threads);
        _plan = TrainingPlan.Build(model, new TrainingPlanOptions { Batch = batch }, _pool);
        _optimizer = Sgd.Create(_plan.Parameters);
        _images = exported.Input(batch);
        _targets = TargetDistribution.Of([.. Enumerable.Range(0, batch).Select(i => ((7 * i) + 3) % exported.Outputs)], exported.Outputs);
        _gradient = new float[batch * exported.Outputs];
        _step = 0;
        return new JsonObject { ["model"] = exported.Name, ["threads"] = threads };
    }

    private JsonObject Steps(int batch, int count)
    {
        if (_plan is null || _images.Shape[0] != batch)
        {
            throw new EspalierException($"run: nothing is loaded for a batch of {batch}");
        }

        (var milliseconds, var losses) = (new JsonArray(), new JsonArray());
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            losses.Add((JsonNode)Step(_plan, batch));
            milliseconds.Add((JsonNode)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return new JsonObject { ["milliseconds"] = milliseconds, ["losses"] = losses };
    }

    private double Step(TrainingPlan plan, int batch)
    {
        plan.ZeroGradients();
        double loss = CrossEntropy.Compute(plan.Forward(_images, _step++), _targets!, 1.0 / batch, _gradient);
        plan.Backward(_gradient);
        _optimizer!.Step(LearningRate, _pool!);
        plan.ParametersChanged();
        return loss;
    }
}
