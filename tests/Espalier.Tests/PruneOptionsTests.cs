using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Tests;

public class PruneOptionsTests
{
    [Theory]
    [InlineData(1.5, 1)]
    [InlineData(1.5, 3)]
    [InlineData(0, 1)]
    [InlineData(-0.1, 2)]
    [InlineData(double.NaN, 2)]
    public void Work_that_may_be_left_is_a_share(double share, int steps) => Assert.Contains(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Expected a share of the multiply-accumulates above 0 and at most 1, found {share}."),
        Assert.Throws<EspalierException>(() => TinyData.Model().Prune(PruneOptions.Channels(share) with { Steps = steps }, cancellation: TestContext.Current.CancellationToken)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(1.5, 1)]
    [InlineData(1.5, 3)]
    [InlineData(-0.1, 3)]
    [InlineData(double.NaN, 3)]
    public void Weights_to_remove_are_a_share(double share, int steps) =>
        Assert.Contains("expected a fraction from 0 to 1", Assert.ThrowsAny<EspalierException>(() => TinyData.Model().Prune(PruneOptions.Weights(share) with { Steps = steps }, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void At_least_one_block_is_removed(int count) =>
        Assert.Equal($"Expected at least 1 block to remove, found {count}.", Assert.Throws<EspalierException>(() => TinyData.Model().Prune(PruneOptions.Blocks(count), cancellation: TestContext.Current.CancellationToken)).Message);

    [Fact]
    public void A_recovery_keeps_what_it_was_told_in_any_order()
    {
        PruneOptions told = PruneOptions.Weights(0.5) with { Recovery = new ImageTrainingOptions { Batch = 7, Training = new TrainingOptions { LearningRate = 0.0003, Seed = 5 } } };
        PruneOptions recovering = told.Recovering(3, "shapes");
        Assert.Equal((7, 3, 0.0003, 5UL), (recovering.Recovery!.Batch, recovering.Recovery.Training.Epochs, recovering.Recovery.Training.LearningRate, recovering.Recovery.Training.Seed));

        PruneOptions usual = PruneOptions.Weights(0.5).Recovering(1, "shapes");
        Assert.Equal((64, 1, 0.01), (usual.Recovery!.Batch, usual.Recovery.Training.Epochs, usual.Recovery.Training.LearningRate));
        Assert.Equal(2, usual.Recovering(2, "shapes").Recovery!.Training.Epochs);
    }

    [Fact]
    public void A_recovery_runs_on_the_threads_of_the_pruning_unless_it_has_its_own()
    {
        int ThreadsOf(PruneOptions options) => options.AsRun(options.Recovery!, null, Runtimes.Cpu).Training.Threads;
        PruneOptions options = PruneOptions.Weights(0.5);
        Assert.Equal(1, ThreadsOf(options.Recovering(1, "shapes") with { Threads = 1 }));
        Assert.Equal(1, ThreadsOf((options with { Threads = 1 }).Recovering(1, "shapes")));
        Assert.Equal(3, ThreadsOf(options with { Threads = 1, Recovery = new ImageTrainingOptions { Training = new TrainingOptions { Threads = 3 } } }));
    }

    [Fact]
    public void A_pruning_in_steps_is_resumed_on_any_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        Model model = TinyData.Model();
        PruneOptions options = PruneOptions.Weights(0.5).Recovering(1, TinyData.WriteCifar(folder, 40));
        options = options with { Recovery = options.Recovery! with { Batch = 20, Folder = folder.File("steps") } };
        Model first = model.Prune(options with { Threads = 1 }, cancellation: TestContext.Current.CancellationToken).Model;
        Model again = model.Prune(options with { Threads = 2, Recovery = options.Recovery with { Resume = true } }, cancellation: TestContext.Current.CancellationToken).Model;
        Assert.All(
            first.Graph.Parameters.Where(parameter => !parameter.Value.IsCounter).Select(parameter => parameter.Key),
            name => Assert.Equal(first.Parameters[name].Effective.Read<float>().ToArray(), again.Parameters[name].Effective.Read<float>().ToArray()));
    }

    [Fact(DisplayName = "Faults: a pruning in steps is resumed with changed settings in a program")]
    public void A_pruning_in_steps_is_resumed_with_changes()
    {
        using var folder = new TemporaryFolder();
        Model model = TinyData.Model();
        PruneOptions options = PruneOptions.Weights(0.5).Recovering(1, TinyData.WriteCifar(folder, 40));
        ImageTrainingOptions recovery = options.Recovery! with { Batch = 20, Folder = folder.File("steps") };
        Model Run(ImageTrainingOptions recovery) => model.Prune(options with { Threads = 1, Recovery = recovery }, cancellation: TestContext.Current.CancellationToken).Model;
        Run(recovery);
        File.Delete(folder.File("steps/1/model.espalier")); // as if it had been interrupted in its last epoch
        ImageTrainingOptions longer = recovery with { Resume = true, ClassWeights = ClassWeights.InOrder(Enumerable.Range(1, 10).Select(i => (double)i)), Training = recovery.Training with { Epochs = 2, LearningRate = 0.02 } };

        Assert.Contains("except for settings that are named as changed", Assert.Throws<EspalierException>(() => Run(longer)).Message, StringComparison.Ordinal);
        Assert.Throws<EspalierException>(() => Run(longer with { Changes = ["epochs", "learning_rate"] }));
        Model changed = Run(longer with { Changes = ["epochs", "learning_rate", "class_weights"] });

        string value = Assert.Single(changed.Metadata.Lineage[^1].Settings, setting => setting.Name == "changed").Value;
        Assert.Contains("epochs from 1 to 2; learning_rate from 0.01 to 0.02; class_weights from none to 1 2 3", value, StringComparison.Ordinal);
        Assert.Equal(changed.Metadata.Lineage, Run(longer).Metadata.Lineage); // the record has the new values
        Assert.Throws<EspalierException>(() => Run(recovery with { Resume = true }));
    }
}
