using System.Globalization;
using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

public sealed class TrainerTests
{
    [Fact]
    public void A_small_network_learns()
    {
        TrainingOutcome outcome = Run(TinyTraining.Options with { Epochs = 8 });
        Assert.Equal(8, outcome.History.Count);
        Assert.True(outcome.History[^1].TrainingLoss < outcome.History[0].TrainingLoss / 2, $"{outcome.History[0].TrainingLoss} → {outcome.History[^1].TrainingLoss}");
        Assert.True(outcome.History[^1].TrainingAccuracy > 0.9);
        LineageEntry entry = Assert.Single(outcome.Model.Metadata.Lineage);
        Assert.Equal("train", entry.Action);
        Assert.Contains(new LineageSetting("learning_rate", "0.05"), entry.Settings);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("adamw")]
    [InlineData("scoped")]
    [InlineData("everything")]
    [InlineData("pruned")]
    [InlineData("sensitive")]
    public void Threads_and_repetition_do_not_change_a_bit(string variant)
    {
        TrainingOptions options = TrainingVariants.Of(variant);
        TrainingOutcome first = Run(options);
        TrainingOutcome second = Run(options with { Threads = 3 });
        TinyTraining.AssertSame(first.Model, second.Model);
        Assert.Equal(TinyTraining.WithoutTimes(first.History), TinyTraining.WithoutTimes(second.History));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("adamw")]
    [InlineData("scoped")]
    [InlineData("everything")]
    [InlineData("pruned")]
    [InlineData("sensitive")]
    public void Going_on_from_any_step_gives_the_same_bits(string variant)
    {
        TrainingOptions options = TrainingVariants.Of(variant);
        TrainingOutcome whole = Run(options);
        int steps = options.Epochs * 5;
        for (int stop = 1; stop < steps; stop += 3)
        {
            TrainingCheckpoint checkpoint = TinyTraining.StopAfter(TinyTraining.Network(), options, stop);
            DataLoader data = TinyTraining.Loader();
            using var trainer = new Trainer(TinyTraining.Network(seed: 77), data, options) { Validate = TinyTraining.Pseudo };
            trainer.Restore(checkpoint);
            TrainingOutcome outcome = trainer.Run(cancellation: TestContext.Current.CancellationToken);
            TinyTraining.AssertSame(whole.Model, outcome.Model);
            Assert.Equal(TinyTraining.WithoutTimes(whole.History), TinyTraining.WithoutTimes(outcome.History));
            Assert.Equal(whole.BestEpoch, outcome.BestEpoch);
        }
    }

    [Fact]
    public void Parts_of_a_batch_add_up_to_the_batch_where_no_norm_sees_them()
    {
        TrainingOptions options = TinyTraining.Options with { Epochs = 1 };
        Model plain = TinyTraining.LinearNetwork();
        Model whole = Run(options, plain).Model;
        Model parts = Run(options with { Accumulation = 3 }, plain).Model;
        foreach ((string name, Parameter parameter) in whole.Parameters)
        {
            Support.SomeParameters.AssertClose([.. parameter.Value.Read<float>().ToArray().Select(v => (double)v)], parts.Parameters[name].Value.Read<float>(), 1e-4, name);
        }
    }

    [Fact]
    public void Patience_ends_it_and_the_best_model_is_kept()
    {
        var models = new List<Model>();
        Evaluation Validate(Model model, CancellationToken cancellation)
        {
            models.Add(model);
            return new Evaluation(1, models.Count == 2 ? 0.9 : 0.5);
        }

        DataLoader data = TinyTraining.Loader();
        using var trainer = new Trainer(TinyTraining.Network(), data, TinyTraining.Options with { Epochs = 20, Patience = 3 }) { Validate = Validate };
        TrainingOutcome outcome = trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.True(outcome.StoppedEarly);
        Assert.Equal(5, outcome.History.Count);
        Assert.Equal(2, outcome.BestEpoch);
        TinyTraining.AssertSame(models[1], outcome.Model);
    }

    [Fact]
    public void Frozen_scopes_stay_as_they_are()
    {
        Model before = TinyTraining.Network();
        string scope = HeadReplacement.Find(before.Graph, before.Metadata)!.Name;
        Model after = Run(TinyTraining.Options with { Epochs = 1, Extensions = [new FrozenScopes([scope])] }).Model;
        foreach (string name in before.Parameters.Keys.Where(name => ScopeName.Contains(scope, name)))
        {
            Assert.True(before.Parameters[name].Value.BitEquals(after.Parameters[name].Value), name);
        }
    }

    [Fact]
    public void Masks_hold_through_momentum_decay_and_average()
    {
        Model model = TinyTraining.Network();
        Node head = HeadReplacement.Find(model.Graph, model.Metadata)!;
        string name = head.Parameter("weight");
        Parameter weight = model.Parameters[name];
        Tensor mask = Tensor.Zeros(weight.Value.Shape);
        for (int i = 0; i < mask.Shape.Count; i += 2)
        {
            mask.Write<float>()[i] = 1;
        }

        Model pruned = model.With(model.Parameters.With(name, weight with { Mask = mask }));
        Model after = Run(TinyTraining.Options with { Extensions = [new WeightAveraging(0.9)] }, pruned).Model;
        float[] values = after.Parameters[name].Effective.Read<float>().ToArray();
        float[] kept = after.Parameters[name].Value.Read<float>().ToArray();
        Assert.Equal(weight.Value.Read<float>().ToArray().Where((_, i) => i % 2 == 1), kept.Where((_, i) => i % 2 == 1)); // for whoever undoes the pruning
        Assert.All(values.Where((_, i) => i % 2 == 1), value => Assert.Equal(0, value));
        Assert.All(values.Where((_, i) => i % 2 == 0), value => Assert.NotEqual(0, value));
        Assert.Same(mask, after.Parameters[name].Mask);
    }

    [Fact]
    public void A_teacher_is_asked_for_every_batch()
    {
        int images = 0;
        Tensor Teach(Tensor batch)
        {
            images += batch.Shape[0];
            return Tensor.Zeros([batch.Shape[0], TinyTraining.Classes]);
        }

        Run(TinyTraining.Options with { Epochs = 2, Objective = new Distillation(Teach) });
        Assert.Equal(2 * 40, images);
    }

    [Fact]
    public void Progress_counts_steps_and_the_rate_follows_the_schedule()
    {
        var reports = new List<TrainingProgress>();
        DataLoader data = TinyTraining.Loader();
        using var trainer = new Trainer(TinyTraining.Network(), data, TinyTraining.Options);
        trainer.Run(new Listener(reports), TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, 15).Select(step => (long)step), reports.Select(report => report.Step));
        Assert.Equal(TinyTraining.Options.LearningRate * TinyTraining.Options.Schedule.FactorAt(new TrainingTime(7, 5, 15)), reports[7].LearningRate);
        Assert.Equal((2, 3, 15L), (reports[7].Epoch, reports[7].Epochs, reports[7].TotalSteps));
        Assert.Equal(TimeSpan.Zero, reports[^1].Left);
    }

    [Fact]
    public void A_folder_gets_model_history_and_events()
    {
        using var folder = new TemporaryFolder();
        DataLoader data = TinyTraining.Loader();
        using var files = new TrainingFolder(folder["run"]);
        using var trainer = new Trainer(TinyTraining.Network(), data, TinyTraining.Options) { Folder = files, Validate = TinyTraining.Pseudo, Source = "tiny" };
        TrainingOutcome outcome = trainer.Run(cancellation: TestContext.Current.CancellationToken);
        TinyTraining.AssertSame(outcome.Model, ModelFile.Read(files.Model));
        Assert.Equal(outcome.Model.Metadata.Lineage, ModelFile.Read(files.Model).Metadata.Lineage);
        Assert.Equal(ModelFigures.Of(outcome.Model) with { Bytes = new FileInfo(files.Model).Length, Accuracy = outcome.History[outcome.BestEpoch - 1].ValidationAccuracy }, outcome.Model.LastFigures());
        Assert.Contains(new LineageSetting("source", "tiny"), outcome.Model.Metadata.Lineage[0].Settings);
        Assert.Equal(4, File.ReadAllLines(files.Table).Length);
        Assert.StartsWith("<svg", File.ReadAllText(files.Curves), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(files.Path, "events.out.tfevents.*"));
        TrainingCheckpoint last = TrainingCheckpoint.Read(files.Checkpoint);
        Assert.Equal(new DataPosition(3, 0), last.Position);
        trainer.Restore(last);
        TinyTraining.AssertSame(outcome.Model, trainer.Run(cancellation: TestContext.Current.CancellationToken).Model); // nothing is left to do
    }

    [Fact]
    public void A_model_that_cannot_learn_from_the_data_is_refused()
    {
        DataLoader data = TinyTraining.Loader();
        Model few = new HeadReplacement(2, 0).Apply(TinyTraining.Network(), []);
        Assert.Contains("4 classes", Assert.Throws<ClassMismatchException>(() => new Trainer(few, data, TinyTraining.Options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_whose_classes_are_not_known_are_refused_by_name()
    {
        DataLoader data = TinyTraining.Loader(labels: index => index == 9 ? -1 : index % TinyTraining.Classes);
        Assert.Equal("corner 9: the sample has no label", Assert.Throws<EspalierException>(() => new Trainer(TinyTraining.Network(), data, TinyTraining.Options)).Message);
    }

    [Fact]
    public void A_training_begins_at_its_beginning_wherever_another_one_left_the_loader()
    {
        DataLoader data = TinyTraining.Loader();
        TrainingOutcome Train()
        {
            using var trainer = new Trainer(TinyTraining.Network(), data, TinyTraining.Options);
            return trainer.Run(cancellation: TestContext.Current.CancellationToken);
        }

        TinyTraining.AssertSame(Train().Model, Train().Model);
    }

    [Fact]
    public void An_epoch_without_a_single_readable_image_is_one_clear_error()
    {
        DataLoader data = TinyTraining.Loader(fault: new EspalierException("broken"), unreadable: UnreadableSamples.Skip);
        using var trainer = new Trainer(TinyTraining.Network(), data, TinyTraining.Options);
        EspalierException error = Assert.Throws<EspalierException>(() => trainer.Run(cancellation: TestContext.Current.CancellationToken));
        Assert.StartsWith("none of the 44 samples could be read; the first: corner ", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> ImpossibleOptions => [.. Impossible.Keys];

    private static Dictionary<string, TrainingOptions> Impossible { get; } = new()
    {
        ["Epochs"] = TinyTraining.Options with { Epochs = 0 },
        ["Accumulation"] = TinyTraining.Options with { Accumulation = 0 },
        ["Patience"] = TinyTraining.Options with { Patience = 0 },
        ["CheckpointSteps"] = TinyTraining.Options with { CheckpointSteps = 0 },
        ["CheckpointEpochs"] = TinyTraining.Options with { CheckpointEpochs = 0 },
        ["Threads"] = TinyTraining.Options with { Threads = -1 },
        ["LearningRate"] = TinyTraining.Options with { LearningRate = double.NaN },
        ["MixupAlpha"] = TinyTraining.Options with { Mixing = new Mixing { MixupAlpha = -1 } },
        ["CutMixAlpha"] = TinyTraining.Options with { Mixing = new Mixing { CutMixAlpha = double.NaN } },
    };

    [Theory]
    [MemberData(nameof(ImpossibleOptions))]
    public void Impossible_options_are_refused_by_name_before_anything_starts(string option)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new Trainer(TinyTraining.Network(), TinyTraining.Loader(), Impossible[option]));
        Assert.Equal("options", error.ParamName);
        Assert.StartsWith($"{option} is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_training_lacks_is_named()
    {
        string Missing(TrainingOptions options) => Assert.Throws<ArgumentNullException>(nameof(options), () => new Trainer(TinyTraining.Network(), TinyTraining.Loader(), options)).Message;
        Assert.StartsWith("Objective is null", Missing(TinyTraining.Options with { Objective = null! }), StringComparison.Ordinal);
        Assert.StartsWith("Optimizer is null", Missing(TinyTraining.Options with { Optimizer = null! }), StringComparison.Ordinal);
        Assert.StartsWith("Schedule is null", Missing(TinyTraining.Options with { Schedule = null! }), StringComparison.Ordinal);
        Assert.StartsWith("one of Extensions is null", Missing(TinyTraining.Options with { Extensions = [null!] }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_goes_on_brings_the_table_up_to_the_checkpoint()
    {
        using var folder = new TemporaryFolder();
        using var files = new TrainingFolder(folder["run"]);
        DataLoader data = TinyTraining.Loader();
        using var trainer = new Trainer(TinyTraining.Network(), data, TinyTraining.Options) { Folder = files };
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        string[] whole = File.ReadAllLines(files.Table);
        File.WriteAllLines(files.Table, whole[..^1]); // as if it had been killed between the last checkpoint and the table
        using var again = new Trainer(TinyTraining.Network(), TinyTraining.Loader(), TinyTraining.Options) { Folder = files };
        again.Restore(TrainingCheckpoint.Read(files.Checkpoint));
        again.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(whole, File.ReadAllLines(files.Table));
    }

    [Fact]
    public void Settings_are_the_same_texts_in_every_culture()
    {
        TrainingOptions options = TrainingVariants.Of("everything");
        string[] Texts()
        {
            using var trainer = new Trainer(TinyTraining.Network(), TinyTraining.Loader(), options);
            return [.. trainer.Checkpoint().Settings.Select(setting => setting.Value)];
        }

        string[] expected = Texts();
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(expected, Texts());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static TrainingOutcome Run(TrainingOptions options, Model? model = null)
    {
        DataLoader data = TinyTraining.Loader();
        using var trainer = new Trainer(model ?? TinyTraining.Network(), data, options) { Validate = TinyTraining.Pseudo };
        return trainer.Run(cancellation: TestContext.Current.CancellationToken);
    }

    private sealed class Listener(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }
}
