using Espalier.Data;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [Fact]
    public void Every_single_damaged_byte_is_one_clear_error()
    {
        byte[] whole = Bytes();
        int found = 0;
        for (int at = 0; at < whole.Length; at += 13) // coprime to every element's size
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            found += Fails(damaged) ? 1 : 0;
        }

        Assert.Equal((whole.Length + 12) / 13, found);
    }

    [Fact]
    public void Every_truncation_is_one_clear_error()
    {
        byte[] whole = Bytes();
        for (int length = 0; length < whole.Length; length += 97)
        {
            Assert.True(Fails(whole[..length]), $"{length} of {whole.Length} bytes");
        }
    }

    [Fact]
    public void A_model_without_training_and_other_files_are_refused_by_name()
    {
        using var file = new MemoryStream();
        ModelFile.Write(file, TinyTraining.Network());
        Assert.Contains("without attachments", Refusal(file.ToArray()), StringComparison.Ordinal);
        file.SetLength(0);
        ModelFile.Write(file, TinyTraining.Network(), new ModelAttachments(new StateDict([]), []));
        Assert.Contains("without the state of a training run", Refusal(file.ToArray()), StringComparison.Ordinal);
        file.SetLength(0);
        ModelFile.Write(file, TinyTraining.Network(), new ModelAttachments(new StateDict([]), [new("training/version", "9")]));
        Assert.Contains("version 9", Refusal(file.ToArray()), StringComparison.Ordinal);
        file.SetLength(0);
        SafetensorsWriter.Write(file, new StateDict([new("a", Tensor.Zeros([2]))]));
        Assert.Contains("weights only", Refusal(file.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_reads_as_a_model()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["c.espalier"], Bytes());
        Model model = ModelFile.Read(folder["c.espalier"]);
        TinyTraining.AssertSame(TrainingCheckpoint.Read(folder["c.espalier"]).Model, model);
    }

    [Fact]
    public void A_checkpoint_may_be_written_over_while_it_is_in_use()
    {
        using var folder = new TemporaryFolder();
        string path = folder["c.espalier"];
        File.WriteAllBytes(path, Bytes());
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(path);
        Assert.All(checkpoint.Best.Model!.Parameters.Values, parameter => Assert.False(parameter.Value.IsDeferred));
        checkpoint.Write(path);
        Assert.Equal(Bytes().Length, new FileInfo(path).Length);
        TinyTraining.AssertSame(checkpoint.Model, TrainingCheckpoint.Read(path).Model);
    }

    [Fact]
    public void Other_settings_are_refused_by_name()
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        AssertRefused(checkpoint, TinyTraining.Options with { LearningRate = 0.3 }, 8, "learning_rate '0.05', this one has '0.3'");
        AssertRefused(checkpoint, TinyTraining.Options with { Optimizer = new AdamWOptions() }, 8, "optimizer");
        AssertRefused(checkpoint, TinyTraining.Options, 4, "batch '8', this one has '4'");
        AssertRefused(checkpoint with { Model = TinyTraining.LinearNetwork() }, TinyTraining.Options, 8, "another network");
        AssertRefused(checkpoint with { Position = new DataPosition(2, 99) }, TinyTraining.Options, 8, "do not fit together");
        AssertRefused(checkpoint with { History = [] }, TinyTraining.Options, 8, "do not fit together");
        AssertRefused(checkpoint with { Position = new DataPosition(2, 0) }, TinyTraining.Options, 8, "do not fit together");
        AssertRefused(checkpoint with { Best = checkpoint.Best with { Epoch = 0 } }, TinyTraining.Options, 8, "do not fit together");
        AssertRefused(checkpoint with { Model = Pruned(checkpoint.Model) }, TinyTraining.Options, 8, "'fc.weight' has another pruning mask");
    }

    [Fact]
    public void Other_data_is_refused_even_where_the_count_is_the_same()
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        using var other = new Trainer(checkpoint.Model, TinyTraining.Loader(pictures: 98), TinyTraining.Options);
        Assert.Contains("the data is not that of the checkpoint's training", Assert.Throws<EspalierException>(() => other.Restore(checkpoint)).Message, StringComparison.Ordinal);
        using var same = new Trainer(checkpoint.Model, TinyTraining.Loader(), TinyTraining.Options);
        same.Restore(checkpoint);
        Assert.Equal(checkpoint.Position, same.Position);
    }

    [Fact]
    public void Other_inputs_are_refused_by_name()
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        Assert.Contains(new LineageSetting("input", "3x8x8"), checkpoint.Settings);
        AssertLoaderRefused(checkpoint, TinyTraining.Loader(unreadable: UnreadableSamples.Replace), "unreadable 'stop', this one has 'skip'");
        AssertLoaderRefused(
            checkpoint,
            TinyTraining.Loader(normalization: new Normalization([0.5f, 0.5f, 0.25f], [0.5f, 0.5f, 0.5f])),
            "normalization 'mean 0.5 0.5 0.5, deviation 0.5 0.5 0.5', this one has 'mean 0.5 0.5 0.25, deviation 0.5 0.5 0.5'");
    }

    [Fact]
    public void Another_teacher_is_refused_even_if_it_only_differs_in_a_weight()
    {
        TrainingCheckpoint checkpoint = Taught(1);
        using var same = new Trainer(checkpoint.Model, TinyTraining.Loader(), Teaching(TinyTraining.Network(1)));
        same.Restore(checkpoint);
        using var other = new Trainer(checkpoint.Model, TinyTraining.Loader(), Teaching(TinyTraining.Network(2)));
        Assert.Contains("the checkpoint's training has teacher '", Assert.Throws<EspalierException>(() => other.Restore(checkpoint)).Message, StringComparison.Ordinal);
        using var unknown = new Trainer(checkpoint.Model, TinyTraining.Loader(), Teaching(null));
        unknown.Restore(checkpoint);
        Assert.Equal(checkpoint.Position, unknown.Position);
    }

    [Fact]
    public void Settings_that_only_one_side_has_are_refused_by_name()
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        AssertRefused(checkpoint, TinyTraining.Options with { Extensions = [new NormScalePenalty(1e-5)] }, 8, "has no norm_scale_decay, this one has '1E-05'");
        AssertRefused(checkpoint with { Settings = checkpoint.Settings.Add(new("color", "blue")) }, TinyTraining.Options, 8, "has color 'blue', this one has none");
    }

    [Theory]
    [InlineData("data_digest")]
    [InlineData("data_content")]
    [InlineData("input")]
    [InlineData("normalization")]
    [InlineData("unreadable")]
    public void Checkpoints_from_before_a_setting_was_known_go_on_all_the_same(string unknown)
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        Assert.Contains(checkpoint.Settings, setting => setting.Name == unknown);
        checkpoint = checkpoint with { Settings = ValueList.From(checkpoint.Settings.Where(setting => setting.Name != unknown)) };
        using var trainer = new Trainer(checkpoint.Model, TinyTraining.Loader(), TinyTraining.Options);
        trainer.Restore(checkpoint);
        Assert.Equal(checkpoint.Position, trainer.Position);
    }

    [Fact(DisplayName = "Faults: 12 → 20 epochs on resuming, another learning rate: by choice, in the lineage")]
    public void Named_settings_may_change_and_the_lineage_says_so()
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        TrainingOptions more = TinyTraining.Options with { Epochs = TinyTraining.Options.Epochs + 2, LearningRate = 0.01 };
        using var trainer = new Trainer(checkpoint.Model, TinyTraining.Loader(), more);
        Assert.Contains("epochs is named as a setting to change (--change", Assert.Throws<EspalierException>(() => trainer.Restore(checkpoint)).Message, StringComparison.Ordinal);
        Assert.Contains("learning_rate is named", Assert.Throws<EspalierException>(() => trainer.Restore(checkpoint, ["epochs"])).Message, StringComparison.Ordinal);
        Assert.Contains("'seed' cannot be changed", Assert.Throws<EspalierException>(() => trainer.Restore(checkpoint, ["seed"])).Message, StringComparison.Ordinal);
        trainer.Restore(checkpoint, ["epochs", "learning_rate"]);
        LineageSetting changed = Assert.Single(trainer.Checkpoint().Settings, setting => setting.Name == "changed");
        Assert.Contains($"epochs from {TinyTraining.Options.Epochs} to {more.Epochs}; learning_rate from 0.05 to 0.01", changed.Value, StringComparison.Ordinal);

        using var again = new Trainer(checkpoint.Model, TinyTraining.Loader(), more);
        again.Restore(trainer.Checkpoint()); // nothing changes a second time, and the change is not forgotten
        TrainingOutcome outcome = again.Run(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(more.Epochs, outcome.History.Count);
        Assert.Contains(changed, outcome.Model.Metadata.Lineage[^1].Settings);
    }

    [Fact]
    public void The_settings_of_an_optimizer_may_change_but_not_its_kind()
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        using var other = new Trainer(checkpoint.Model, TinyTraining.Loader(), TinyTraining.Options with { Optimizer = new AdamWOptions() });
        Assert.Contains("but not its kind", Assert.Throws<EspalierException>(() => other.Restore(checkpoint, ["optimizer"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stochastic_depth_saved_is_remembered()
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        Assert.All(checkpoint.History, epoch => Assert.True(double.IsFinite(epoch.SavedSeconds)));
        Assert.NotEmpty(checkpoint.History);
    }

    [Fact]
    public void A_target_that_cannot_be_written_leaves_the_old_file_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "needs a user whom file permissions stop");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["locked"]);
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        string path = Path.Combine(folder["locked"], "c.espalier");
        File.WriteAllText(path, "old");
#pragma warning disable CA1416 // skipped on Windows above
        File.SetUnixFileMode(folder["locked"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Contains(path, Assert.Throws<EspalierException>(() => checkpoint.Write(path)).Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        File.SetUnixFileMode(folder["locked"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
    }

    [Fact]
    public void A_disk_that_fills_up_at_any_byte_leaves_the_old_file_whole()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Bytes();
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(whole, "c");
        File.WriteAllText(folder["c.espalier"], "old");
        for (int room = 0; room < whole.Length; room += 1009)
        {
            EspalierException error = Assert.Throws<EspalierException>(() => AtomicFile.Write(folder["c.espalier"], stream => checkpoint.Write(new FullDisk(stream, room))));
            Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
            Assert.Equal("old", File.ReadAllText(folder["c.espalier"]));
            Assert.Single(Directory.GetFiles(folder.Path));
        }
    }

    private static void AssertRefused(TrainingCheckpoint checkpoint, TrainingOptions options, int batch, string what)
    {
        DataLoader data = TinyTraining.Loader(batch);
        using var trainer = new Trainer(TinyTraining.Network(), data, options);
        Assert.Contains(what, Assert.Throws<EspalierException>(() => trainer.Restore(checkpoint)).Message, StringComparison.Ordinal);
    }

    private static void AssertLoaderRefused(TrainingCheckpoint checkpoint, DataLoader data, string what)
    {
        using var trainer = new Trainer(checkpoint.Model, data, TinyTraining.Options);
        Assert.Contains(what, Assert.Throws<EspalierException>(() => trainer.Restore(checkpoint)).Message, StringComparison.Ordinal);
    }

    private static TrainingOptions Teaching(Model? teacher) =>
        TinyTraining.Options with { Epochs = 1, Objective = new Distillation(images => Tensor.Zeros([images.Shape[0], TinyTraining.Classes])) { Network = teacher } };

    private static TrainingCheckpoint Taught(ulong seed)
    {
        using var trainer = new Trainer(TinyTraining.Network(), TinyTraining.Loader(), Teaching(TinyTraining.Network(seed)));
        return trainer.Checkpoint();
    }

    private static Model Pruned(Model model)
    {
        Parameter weight = model.Parameters["fc.weight"];
        return model.With(model.Parameters.With("fc.weight", weight with { Mask = Tensor.Zeros(weight.Value.Shape) }));
    }

    private static byte[] Bytes()
    {
        DataLoader data = TinyTraining.Loader();
        using var trainer = new Trainer(TinyTraining.Network(), data, TinyTraining.Options) { Validate = TinyTraining.Pseudo };
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        using var file = new MemoryStream();
        trainer.Checkpoint().Write(file);
        return file.ToArray();
    }

    private static bool Fails(byte[] bytes)
    {
        try
        {
            TrainingCheckpoint.Read(bytes, "c");
            return false;
        }
        catch (MalformedInputException error)
        {
            Assert.DoesNotContain('\n', error.Message);
            return true;
        }
    }


    private static string Refusal(byte[] bytes) => Assert.Throws<MalformedInputException>(() => TrainingCheckpoint.Read(bytes, "c")).Message;

    /// <summary>Takes some bytes and then no more.</summary>
    private sealed class FullDisk(Stream inner, long room) : Stream
    {
        private long _left = room;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (count > _left)
            {
                throw new IOException("No space left on device");
            }

            inner.Write(buffer, offset, count);
            _left -= count;
        }
    }
}
