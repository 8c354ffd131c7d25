using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Tests;

/// <summary>Whatever the library does with a model, it does on the runtime that it is given.</summary>
public sealed class RuntimeUseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CountingRuntime _runtime = new();
    private readonly Model _model = Zoo.Create("cifar_resnet8").Initialize(1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_models_are_compared_folded_expanded_and_timed_on_it()
    {
        Count(2, () => _model.CompareWith(_model, options: new ComparisonOptions { Runtime = _runtime }));
        Count(2, () => _model.Fold(new FoldOptions { Runtime = _runtime }));
        Count(2, () => _model.Expand(new ExpandOptions("acb") { Runtime = _runtime }));
        Assert.True(_runtime.Options.All(options => options.Unfolded), "a folded network would be compared with itself");
        Count(2, () => new[] { _model, _model }.MeasureInTurns(_runtime));
        Count(1, () => _model.MeasureLatency(new LatencyOptions { Runtime = _runtime, WarmUpRuns = 0, Runs = 1 }));
    }

    [Fact]
    public void Values_and_embeddings_are_computed_on_it()
    {
        string data = TinyData.WriteCifar(_folder, 3);
        Count(1, () => _model.MeasureActivations(data, new ActivationOptions { Runtime = _runtime }));
        Assert.True(_runtime.Options.All(options => options.Unfolded), "values of folded layers are not those of the network as it stands");
        Count(1, () => new ImageEmbedder(_model, new ImageClassifierOptions { Runtime = _runtime }).Dispose());
    }

    [Fact]
    public void Sensitivity_is_measured_on_it()
    {
        var options = new SensitivityScanOptions { Amounts = [0.5], Runtime = _runtime };
        SensitivityScan scan = _model.MeasureSensitivity(options: options, cancellation: TestContext.Current.CancellationToken);
        Assert.True(_runtime.Prepared > scan.Curves.Length, $"{scan.Curves.Length} layers, {_runtime.Prepared} prepared");
    }

    [Fact]
    public void Blocks_are_ranked_and_accuracies_measured_on_it()
    {
        string data = TinyData.WriteCifar(_folder, 10);
        PruneOptions options = PruneOptions.Blocks(1) with { Request = new BlockPruning { Target = PruningTarget.Count(1), AllowEmptyStages = true, Criterion = PruningCriteria.OutputChange }, Data = data, Runtime = _runtime };
        PrunedModel pruned = _model.Prune(options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2 + 1 + pruned.Last!.Ranking.Length, _runtime.Prepared); // accuracy before and after; the whole network, and without each block
    }

    [Fact]
    public void Gradients_are_taken_and_networks_recover_on_it()
    {
        string data = TinyData.WriteCifar(_folder, 20);
        PruneOptions options = PruneOptions.Channels(0.5).Recovering(1, data) with { Request = new ChannelPruning { Target = PruningTarget.Fraction(0.3), Criterion = PruningCriteria.Taylor }, Measures = true, Runtime = _runtime };
        PrunedModel pruned = _model.Prune(options with { Recovery = options.Recovery! with { Batch = 4 } }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(2, _runtime.Trained); // the gradients, and the recovery
        Assert.Equal(1 + 1 + 1 + 1 + 2, _runtime.Prepared); // the first step's time, accuracy before and after, validation, both times
        Assert.Equal(["counting"], pruned.Model.Metadata.Lineage[0].Settings.Where(setting => setting.Name == "timed_on").Select(setting => setting.Value));
    }

    [Fact]
    public void A_teacher_teaches_on_the_runtime_of_the_training()
    {
        string data = TinyData.WriteCifar(_folder, 20);
        var options = new ImageTrainingOptions { Batch = 4, Teacher = _model, Training = new TrainingOptions { Epochs = 1, LearningRate = 0.01, Runtime = _runtime } };
        ImageTraining.FineTune(_model, data, options).Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((1, 2), (_runtime.Trained, _runtime.Prepared)); // the student; the teacher, and a validation
    }

    [Fact]
    public void Kernels_that_were_timed_for_the_cpu_are_refused_with_it()
    {
        TunedKernels tuned = TunedKernels.Tune(_model, new PredictorOptions { Threads = 1 }, 1);
        Assert.Contains("tuned kernels are for the runtime cpu, not for counting", Assert.Throws<EspalierException>(() => _model.MeasureLatency(new LatencyOptions { Runtime = _runtime, TunedKernels = tuned }, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    private void Count(int expected, Action work)
    {
        int before = _runtime.Prepared;
        work();
        Assert.Equal(expected, _runtime.Prepared - before);
    }

    /// <summary>The CPU's kernels under another name.</summary>
    private sealed class CountingRuntime : IRuntime
    {
        private readonly List<RunOptions> _options = [];

        public string Name => "counting";

        public IReadOnlyList<RunOptions> Options => _options;

        public int Prepared => _options.Count;

        public int Trained { get; private set; }

        public IRunnable Prepare(Model model, RunOptions options = default)
        {
            _options.Add(options);
            return Runtimes.Cpu.Prepare(model, options);
        }

        public ITrainingRun PrepareTraining(Model model, TrainingRunOptions options)
        {
            Trained++;
            return Runtimes.Cpu.PrepareTraining(model, options);
        }
    }
}
