using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

public sealed class GradualPruningTests
{
    private const int StepsPerEpoch = 5; // of TinyTraining's loader

    internal static GradualPruning Pruning { get; } = new(
        new WeightPruning { Target = PruningTarget.Fraction(0), IsGlobal = true, IncludesStem = true, IncludesClassifier = true }, 0.8);

    [Fact]
    public void Sparsity_follows_the_cubic_schedule_and_what_is_removed_stays_so()
    {
        GradualPruning pruning = Pruning with { From = 1, Until = 3, Every = 2 };
        var sparsities = new List<double>();
        bool[] removed = [];
        Train(pruning, new Listener((step, trainer) =>
        {
            bool[] now = [.. Masked(trainer.Checkpoint().Model)];
            Assert.True(removed.Zip(now).All(pair => pair.Second || !pair.First), $"step {step}: a weight came back");
            removed = now;
            sparsities.Add((double)now.Count(gone => gone) / Math.Max(1, now.Length));
        }));

        double[] expected = [.. Enumerable.Range(1, 4 * StepsPerEpoch).Select(step => Expected(step))];
        Assert.Equal(expected.Length, sparsities.Count);
        Assert.All(expected.Zip(sparsities), pair => Assert.Equal(pair.First, pair.Second, 0.002)); // of some 700 weights
    }

    [Fact]
    public void The_best_model_is_as_sparse_as_was_asked_for()
    {
        int validations = 0;
        double Falling() => 1.0 / ++validations; // every later model is worse
        Model model = Train(Pruning with { Until = 2.5 }, null, (_, _) => new Evaluation(1, Falling()));

        bool[] removed = [.. Masked(model)];
        Assert.Equal(0.8, (double)removed.Count(gone => gone) / removed.Length, 0.002);
        Assert.Equal(3, Assert.Single(model.Metadata.Lineage).Results.Single(result => result.Name == "epoch").Value);
        Assert.Contains(model.Metadata.Lineage[0].Settings, setting => setting.Name == "pruning" && setting.Value.StartsWith("0.8 of element by magnitude", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_pruning_step_is_told_and_telling_changes_nothing()
    {
        GradualPruning pruning = Pruning with { From = 1, Until = 3, Every = 2 };
        var steps = new List<GradualPruningStep>();
        var masked = new Dictionary<long, int>();
        Model told = Train(pruning with { Pruned = steps.Add }, new Listener((step, trainer) => masked[step] = Masked(trainer.Checkpoint().Model).Count(gone => gone)));
        Assert.Equal([5, 7, 9, 11, 13, 15], steps.Select(each => each.Step));
        Assert.Equal([1, 2, 2, 3, 3, 3], steps.Select(each => each.Epoch));
        Assert.All(steps, each => Assert.Equal(masked[each.Step], each.Masked));
        Assert.All(steps, each => Assert.Equal(Masked(told).Count(), each.Weights));
        Assert.Equal(0.8, steps[^1].Sparsity, 0.002);
        Model silent = Train(pruning);
        TinyTraining.AssertSame(silent, told);
        Assert.Equal(silent.Metadata.Lineage, told.Metadata.Lineage);
    }

    [Fact]
    public void It_goes_on_from_what_is_pruned_already()
    {
        Model half = TinyTraining.Network().Prune(Pruning.Weights with { Target = PruningTarget.Fraction(0.5) }).Model;
        var first = new List<int>();
        Train(Pruning with { From = 0, Until = 4, Every = 1 }, new Listener((_, trainer) => first.Add(Masked(trainer.Checkpoint().Model).Count(gone => gone))), model: half);

        int all = Masked(half).Count();
        Assert.Equal(all * 0.5, first[0], all * 0.002);
        Assert.Equal(all * 0.8, first[^1], all * 0.002);
    }

    [Theory]
    [InlineData(5, 6, 0.8, 1)]
    [InlineData(2, 1, 0.8, 1)]
    [InlineData(0, 2, 1.2, 1)]
    [InlineData(0, 2, 0.8, 0)]
    public void Impossible_schedules_are_refused(double from, double until, double sparsity, int every)
    {
        var pruning = new GradualPruning(Pruning.Weights, sparsity) { From = from, Until = until, Every = every };
        Assert.Contains("from 0", Assert.Throws<ArgumentException>(() => Train(pruning)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_layers_are_refused_before_the_first_step() =>
        Assert.Contains("nowhere", Assert.Throws<PruningException>(() => Train(Pruning with { Weights = Pruning.Weights with { Scopes = ["nowhere"] } })).Message, StringComparison.Ordinal);

    [Fact]
    public void Sparsity_training_draws_the_factors_of_norms_to_zero_and_nothing_else()
    {
        const double Strength = 0.01;
        TrainingOptions options = TinyTraining.Options with { Epochs = 1, Schedule = new ConstantSchedule(), Optimizer = new SgdOptions { Momentum = 0 } };
        TrainingCheckpoint plain = AfterOneStep(options), drawn = AfterOneStep(options with { Extensions = [new NormScalePenalty(Strength)] });

        foreach ((string name, Parameter parameter) in plain.Model.Parameters.Where(parameter => parameter.Value.Value.Type == ElementType.Float32))
        {
            float[] expected = parameter.Value.Read<float>().ToArray(), actual = drawn.Model.Parameters[name].Value.Read<float>().ToArray();
            double shift = name is "bn1.weight" or "block.bn.weight" ? options.LearningRate * Strength : 0; // all begin at 1, so all go down
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First - shift, pair.Second, 1e-6));
        }
    }

    private static double Expected(int step)
    {
        int after = Math.Min(step - StepsPerEpoch, 2 * StepsPerEpoch) / 2 * 2; // events are 2 steps apart, from the first epoch's end on
        double rest = 1 - Math.Clamp(after / (2.0 * StepsPerEpoch), 0, 1);
        return 0.8 - (0.8 * rest * rest * rest);
    }

    private static IEnumerable<bool> Masked(Model model) => model.Parameters.Values.Where(parameter => parameter.Mask is not null)
        .SelectMany(parameter => parameter.Mask!.Read<float>().ToArray()).Select(kept => kept == 0);

    private static TrainingCheckpoint AfterOneStep(TrainingOptions options)
    {
        DataLoader data = TinyTraining.Loader(batch: 40, count: 40); // an epoch of a single step
        using var trainer = new Trainer(TinyTraining.Network(), data, options);
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        return trainer.Checkpoint();
    }

    private static Model Train(GradualPruning pruning, Listener? listener = null, Func<Model, CancellationToken, Evaluation>? validate = null, Model? model = null)
    {
        DataLoader data = TinyTraining.Loader();
        using var trainer = new Trainer(model ?? TinyTraining.Network(), data, TinyTraining.Options with { Epochs = 4, Extensions = [pruning] }) { Validate = validate };
        if (listener is not null)
        {
            listener.Trainer = trainer;
        }

        return trainer.Run(listener, TestContext.Current.CancellationToken).Model;
    }

    private sealed class Listener(Action<long, Trainer> hear) : IProgress<TrainingProgress>
    {
        internal Trainer? Trainer { get; set; }

        public void Report(TrainingProgress value) => hear(value.Step, Trainer!);
    }
}
