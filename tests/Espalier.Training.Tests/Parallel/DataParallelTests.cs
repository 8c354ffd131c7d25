using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Loop;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Parallel;

public sealed class DataParallelTests
{
    private const int Batch = 16;
    private const int Images = 50;

    [Theory]
    [InlineData("plain", true, 8)]
    [InlineData("plain", false, 8)]
    [InlineData("adamw", true, 4)]
    [InlineData("everything", false, 4)]
    [InlineData("everything", true, 8)]
    [InlineData("scoped", true, 4)]
    [InlineData("pruned", false, 8)]
    [InlineData("sensitive", true, 4)]
    public void The_number_of_processes_does_not_change_a_bit(string variant, bool synchronizes, int parts)
    {
        TrainingOptions options = TrainingVariants.Of(variant) with { Parallel = new DataParallel { Parts = parts, SynchronizeNorms = synchronizes } };
        TrainingOutcome alone = Train(options, null);
        for (int count = 2; count <= parts; count *= 2)
        {
            AssertSame(alone, count, options);
        }

        AssertSame(alone, Train(options with { Threads = 3 }, null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Draws_for_each_image_are_those_of_its_place_in_the_batch(bool synchronizes)
    {
        Model model = TinyTraining.Network(mode: StochasticDepthMode.Row);
        TrainingOptions options = TinyTraining.Options with { Epochs = 2, Parallel = new DataParallel { Parts = 8, SynchronizeNorms = synchronizes } };
        TrainingOutcome alone = Train(options, null, model);
        foreach (int count in new[] { 2, 4, 8 })
        {
            AssertSame(alone, count, options, model);
        }
    }

    [Fact]
    public void Three_processes_are_as_three_parts_in_one()
    {
        TrainingOptions options = TinyTraining.Options with { Parallel = new DataParallel { Parts = 3, SynchronizeNorms = true } };
        AssertSame(Train(options, null), 3, options);
        AssertSame(Train(options, null), 3, options with { Parallel = new DataParallel { SynchronizeNorms = true } }); // a part for each process
    }

    [Fact]
    public void Synchronized_parts_are_the_whole_batch_up_to_rounding()
    {
        Model model = TinyTraining.Network(mode: StochasticDepthMode.Row);
        TrainingOptions options = TinyTraining.Options with { Epochs = 1, LearningRate = 0.01 };
        Model whole = Train(options, null, model).Model;
        Model parts = Train(options with { Parallel = new DataParallel { Parts = 8, SynchronizeNorms = true } }, null, model).Model;
        foreach ((string name, Parameter parameter) in whole.Parameters)
        {
            double[] expected = [.. parameter.Value.To(ElementType.Float64).Read<double>()];
            SomeParameters.AssertClose(expected, parts.Parameters[name].Value.To(ElementType.Float32).Read<float>(), 1e-4, name);
        }
    }

    [Fact]
    public void Norms_of_parts_are_not_those_of_the_batch()
    {
        TrainingOptions options = TinyTraining.Options with { Epochs = 1, Parallel = new DataParallel { Parts = 4 } };
        Model ofParts = Train(options, null).Model, ofBatch = Train(options with { Parallel = new DataParallel { Parts = 4, SynchronizeNorms = true } }, null).Model;
        Assert.False(ofParts.Parameters["bn1.running_mean"].Value.BitEquals(ofBatch.Parameters["bn1.running_mean"].Value));
    }

    [Fact]
    public void A_checkpoint_is_continued_by_another_number_of_processes()
    {
        TrainingOptions options = TinyTraining.Options with { Parallel = new DataParallel { Parts = 4, SynchronizeNorms = true } };
        TrainingOutcome whole = Train(options, null);
        const int Steps = 4;
        byte[][] files = ThreadProcesses.Run(4, group =>
        {
            using var stop = new CancellationTokenSource();
            TrainingOptions own = With(options, group);
            using Trainer trainer = Create(own);
            Assert.Throws<OperationCanceledException>(() => trainer.Run(new Stopper(Steps, stop, group.Rank), stop.Token)); // one is asked, all stop
            using var file = new MemoryStream();
            trainer.Checkpoint().Write(file);
            return file.ToArray();
        });
        Assert.All(files, file => TinyTraining.AssertSame(TrainingCheckpoint.Read(files[0], "first").Model, TrainingCheckpoint.Read(file, "checkpoint").Model));
        foreach (int count in new[] { 1, 2 })
        {
            TrainingOutcome[] resumed = ThreadProcesses.Run(count, group =>
            {
                using Trainer trainer = Create(With(options, group));
                trainer.Restore(TrainingCheckpoint.Read(files[0], "checkpoint"));
                return trainer.Run(cancellation: TestContext.Current.CancellationToken);
            });
            Assert.All(resumed, outcome => TinyTraining.AssertSame(whole.Model, outcome.Model));
        }

        string message = Assert.Throws<EspalierException>(() =>
        {
            using Trainer trainer = Create(options with { Parallel = new DataParallel { Parts = 2, SynchronizeNorms = true } });
            trainer.Restore(TrainingCheckpoint.Read(files[0], "checkpoint"));
        }).Message;
        Assert.Contains("parts '4', this one has '2'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Processes_that_disagree_are_refused_by_name_before_the_first_step()
    {
        ProcessFailedException failed = Assert.Throws<ProcessFailedException>(() => ThreadProcesses.Run(3, group =>
        {
            TrainingOptions options = With(TinyTraining.Options, group);
            return Run(group.Rank == 2 ? options with { LearningRate = 0.07 } : options);
        }));
        Assert.Equal(3, failed.Failures.Count);
        Assert.All(failed.Failures.Values, error => Assert.Contains(
            "process 2 on host2 has learning_rate '0.07', process 0 on host0 has '0.05'", Assert.IsType<SharedFailureException>(error).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Processes_with_other_weights_are_refused()
    {
        ProcessFailedException failed = Assert.Throws<ProcessFailedException>(() => ThreadProcesses.Run(2, group => Train(TinyTraining.Options, group, TinyTraining.Network(seed: 3 + (ulong)group.Rank))));
        Assert.All(failed.Failures.Values, error => Assert.Contains("process 1 on host1 has starting_model", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Mixing_needs_two_images_in_each_part()
    {
        TrainingOptions options = TinyTraining.Options with { Mixing = new Mixing { MixupAlpha = 0.2 }, Parallel = new DataParallel { Parts = Batch } };
        Assert.Contains("fewer than two", Assert.Throws<EspalierException>(() => Train(options, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_fails_does_not_leave_the_others_waiting()
    {
        ProcessFailedException failed = Assert.Throws<ProcessFailedException>(() => ThreadProcesses.Run(2, group =>
        {
            TrainingOptions options = With(TinyTraining.Options, group);
            return Run(group.Rank == 1 ? options with { Extensions = [new Failing()] } : options with { Extensions = [new Idle()] });
        }));
        Assert.Contains("on purpose", failed.Failures[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, 4)]
    [InlineData(6, 2)]
    [InlineData(3, 2)]
    public void Parts_that_cannot_be_spread_are_refused(int parts, int count)
    {
        ProcessFailedException failed = Assert.Throws<ProcessFailedException>(() => ThreadProcesses.Run(count, group =>
            Run(TinyTraining.Options with { Parallel = new DataParallel { Parts = parts, Processes = group } })));
        Assert.All(failed.Failures.Values, error => Assert.Contains($"batches of {parts} parts cannot be spread over {count} processes", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_loader_must_read_the_share()
    {
        TrainingOptions options = TinyTraining.Options with { Parallel = new DataParallel { Parts = 4 } };
        Assert.Contains(
            "the loader reads", Assert.Throws<EspalierException>(() => new Trainer(TinyTraining.Network(), TinyTraining.Loader(Batch, Images), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_that_are_left_out_make_the_batch_smaller_for_all_processes()
    {
        TrainingOptions options = TinyTraining.Options with { Parallel = new DataParallel { Parts = 4 } };
        TrainingOutcome alone = Train(options, null, left: 3);
        AssertSame(alone, Assert.Single(Several(2, options, null, left: 3).DistinctBy(outcome => outcome.History[0].TrainingLoss)));
        Assert.NotEqual(alone.History[0].TrainingLoss, Train(options, null).History[0].TrainingLoss);
    }

    [Fact]
    public void A_part_of_which_no_image_could_be_read_is_an_error()
    {
        TrainingOptions options = TinyTraining.Options with { Parallel = new DataParallel { Parts = Batch } }; // of an image each
        Assert.Contains("no image of part", Assert.Throws<SharedFailureException>(() => Train(options, null, left: 3)).Message, StringComparison.Ordinal);
        ProcessFailedException failed = Assert.Throws<ProcessFailedException>(() => Several(2, options, null, left: 3));
        Assert.All(failed.Failures.Values, error => Assert.Contains("no image of part", error.Message, StringComparison.Ordinal)); // all know of it
    }

    private static void AssertSame(TrainingOutcome expected, int count, TrainingOptions options, Model? model = null) =>
        Assert.All(Several(count, options, model), outcome => AssertSame(expected, outcome));

    private static void AssertSame(TrainingOutcome expected, TrainingOutcome found)
    {
        TinyTraining.AssertSame(expected.Model, found.Model);
        Assert.Equal(TinyTraining.WithoutTimes(expected.History), TinyTraining.WithoutTimes(found.History));
    }

    private static TrainingOutcome[] Several(int count, TrainingOptions options, Model? model, int left = 0) => ThreadProcesses.Run(count, group => Train(options, group, model, left));

    private static TrainingOutcome Train(TrainingOptions options, IProcessGroup? group, Model? model = null, int left = 0)
    {
        using Trainer trainer = Create(With(options, group), model, left);
        return trainer.Run(cancellation: TestContext.Current.CancellationToken);
    }

    private static TrainingOutcome Run(TrainingOptions options)
    {
        using Trainer trainer = Create(options);
        return trainer.Run(cancellation: TestContext.Current.CancellationToken);
    }

    private static TrainingOptions With(TrainingOptions options, IProcessGroup? group) => options with { Parallel = (options.Parallel ?? new DataParallel()) with { Processes = group } };

    private static Trainer Create(TrainingOptions options, Model? model = null, int left = 0) => new(
        model ?? TinyTraining.Network(),
        TinyTraining.Loader(Batch, Images, share: options.Parallel?.Share, unreadable: left > 0 ? UnreadableSamples.Skip : UnreadableSamples.Stop, unreadables: index => index % 11 < left && index < Images / 2),
        options)
    { Validate = TinyTraining.Pseudo };

    /// <summary>Stops the second process.</summary>
    private sealed class Stopper(int steps, CancellationTokenSource stop, int rank) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (rank == 1 && value.Step == steps - 1)
            {
                stop.Cancel();
            }
        }
    }

    private sealed class Failing : Idle
    {
        public override TrainingHooks Begin(TrainingContext training) => new FailingHooks();

        private sealed class FailingHooks : TrainingHooks
        {
            public override void GradientsReady(long step) => throw new EspalierException("on purpose");
        }
    }

    private class Idle : ITrainingExtension
    {
        public string Name => "idle";

        public ValueList<LineageSetting> Settings => [new("idle", "yes")];

        public virtual TrainingHooks Begin(TrainingContext training) => new IdleHooks();

        private sealed class IdleHooks : TrainingHooks;
    }
}
