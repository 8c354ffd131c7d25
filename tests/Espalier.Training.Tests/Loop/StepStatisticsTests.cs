using Espalier.Data;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

/// <summary>Trainings of which some step would take a norm's statistics of a single value: refused before the first, as far as that can be known.</summary>
public sealed class StepStatisticsTests
{
    private const string Remedies = "a larger batch, fewer parts of it (accumulation), larger images or frozen statistics give it more";

    [Theory(DisplayName = "Faults: batches of one image, --accumulate of the batch size, and a last part of one image")]
    [InlineData(1, 44, 1, "at step 1;")]
    [InlineData(8, 44, 8, "at step 1, part 1 of a batch of 8;")]
    [InlineData(7, 42, 3, "at step 1, part 3 of a batch of 7;")] // parts of 3, 3 and 1, as torch.chunk cuts it
    [InlineData(4, 13, 1, "at step 4;")] // the last batch, which is not dropped: one image
    [InlineData(4, 15, 2, "at step 4, part 2 of a batch of 3;")] // the last batch in parts of 2 and 1
    public void What_the_batches_make_certain_is_refused_at_once(int batch, int count, int accumulation, string where)
    {
        using var folder = new TemporaryFolder();
        using var files = new TrainingFolder(folder["run"]);
        EspalierException error = Assert.Throws<EspalierException>(() => new Trainer(Network(), Loader(batch, count), TinyTraining.Options with { Accumulation = accumulation }) { Folder = files });
        Assert.Equal($"bn: expected more than 1 value per channel when training, got input size 1x6x1x1 {where} {Remedies}", error.Message);
        Assert.False(Directory.Exists(files.Path));
    }

    [Theory]
    [InlineData(8, 44, 4)] // parts of 2, and a last batch of 4 in parts of 1 that is dropped
    [InlineData(7, 42, 2)] // parts of 4 and 3
    public void Parts_of_two_and_more_images_train(int batch, int count, int accumulation)
    {
        using var trainer = new Trainer(Network(), Loader(batch, count, dropLast: true), TinyTraining.Options with { Accumulation = accumulation });
        TrainingOutcome outcome = trainer.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.All(outcome.Model.Parameters["bn.running_var"].Value.Read<float>().ToArray(), variance => Assert.InRange(variance, 1e-4f, 10));
    }

    [Fact]
    public void A_frozen_norm_trains_image_by_image_and_keeps_its_statistics()
    {
        Model before = Network();
        using var trainer = new Trainer(before, Loader(1, 12), TinyTraining.Options with { Extensions = [new FrozenScopes(["bn"])] });
        Model after = trainer.Run(cancellation: TestContext.Current.CancellationToken).Model;
        Assert.True(before.Parameters["bn.running_var"].Value.BitEquals(after.Parameters["bn.running_var"].Value));
        Assert.False(before.Parameters["fc.weight"].Value.BitEquals(after.Parameters["fc.weight"].Value));
    }

    [Fact]
    public void Draws_are_looked_at_for_all_steps_of_all_epochs()
    {
        var op = new StochasticDepth(0.75) { Mode = StochasticDepthMode.Row };
        Model model = Network(op);
        TrainingOptions options = TinyTraining.Options with { Epochs = 60 };
        string message = Assert.Throws<EspalierException>(() => new Trainer(model, Loader(4, 12), options)).Message;
        long step = Enumerable.Range(0, 180).First(step => Enumerable.Range(0, 4).Count(sample => new Execution.TrainingDraws(options.Seed, step).Survives(model.Graph["drop"], sample)) == 1);
        Assert.True(step >= 3, $"step {step} is in the first epoch, which alone would have told");
        Assert.Contains($"got input size 1x6x1x1 at step {step + 1}, for stochastic depth drops its branch for all others of the 4 samples", message, StringComparison.Ordinal);

        using var trainer = new Trainer(model, Loader(4, 12), options with { Epochs = (int)(step / 3) }); // all steps before
        Assert.Equal(step / 3, trainer.Run(cancellation: TestContext.Current.CancellationToken).History.Count);
    }

    [Fact]
    public void A_batch_that_unreadable_images_leave_one_of_is_refused_when_it_comes()
    {
        using var folder = new TemporaryFolder();
        using var files = new TrainingFolder(folder["run"]);
        using var trainer = new Trainer(Network(), Loader(4, 4, unreadable: 3), TinyTraining.Options) { Folder = files };
        string message = Assert.Throws<EspalierException>(() => trainer.Run(cancellation: TestContext.Current.CancellationToken)).Message;
        Assert.Equal($"bn: expected more than 1 value per channel when training, got input size 1x6x1x1; {Remedies}", message);
        Assert.False(File.Exists(files.Checkpoint));
        Assert.False(File.Exists(files.Model));
        Assert.True(trainer.Checkpoint().Model.Parameters["bn.running_var"].Value.Read<float>().ToArray().All(variance => variance == 1));
    }

    [Fact]
    public void Scores_by_gradients_take_running_statistics_and_so_any_batch()
    {
        IReadOnlyDictionary<string, Tensor> one = LossGradients.Of(Network(), Loader(1, 8), 8, 1, TinyTraining.Options.Runtime!, TestContext.Current.CancellationToken);
        IReadOnlyDictionary<string, Tensor> eight = LossGradients.Of(Network(), Loader(8, 8), 8, 1, TinyTraining.Options.Runtime!, TestContext.Current.CancellationToken);
        foreach ((string name, Tensor gradient) in eight)
        {
            Support.SomeParameters.AssertClose([.. gradient.Read<float>().ToArray().Select(value => (double)value)], one[name].Read<float>(), 1e-3, name);
        }
    }

    private static DataLoader Loader(int batch, int count, bool dropLast = false, int unreadable = 0) => new(
        new Grays(count, unreadable),
        new InputPipeline([3, TinyTraining.Side, TinyTraining.Side], Normalization.Centred),
        new DataLoaderOptions { BatchSize = batch, DropLast = dropLast, Workers = 0, Unreadable = UnreadableSamples.Skip });

    /// <summary>A norm over one pixel, at the end of a branch where there is an op to drop it.</summary>
    private static Model Network(StochasticDepth? op = null)
    {
        var net = new GraphBuilder();
        Value x = net.Input(3, TinyTraining.Side, TinyTraining.Side).Conv2d("conv", 6, 3, padding: 1).Relu("relu").GlobalAveragePool("pool");
        Value branch = x.Conv2d("branch", 6, 1).BatchNorm("bn");
        x = op is null ? branch : x.StochasticDepth("drop", branch, op);
        return new NetworkDefinition(net.Build(x.Flatten("flatten").Linear("fc", TinyTraining.Classes)), ModelMetadata.None).Initialize(3);
    }

    /// <summary>Pictures of one gray each; the first ones cannot be read.</summary>
    private sealed class Grays(int count, int unreadable) : IDataset
    {
        public int Count => count;

        public IReadOnlyList<string> Labels { get; } = ["a", "b", "c", "d"];

        public Shape? SampleShape => [3, TinyTraining.Side, TinyTraining.Side];

        public int LabelOf(int index) => index % TinyTraining.Classes;

        public string NameOf(int index) => $"gray {index}";

        public void Read(int index, PixelBuffer pixels)
        {
            if (index < unreadable)
            {
                throw new EspalierException("damaged");
            }

            pixels.Reset(TinyTraining.Side, TinyTraining.Side).Fill((byte)(index * 255 / count));
        }
    }
}
