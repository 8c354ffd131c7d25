using Espalier.Data;
using Espalier.Formats;
using Espalier.Formats.Safetensors;
using Espalier.Graphs;
using Espalier.Tensors;
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
        Assert.Contains("nothing attached", Refusal(file.ToArray()), StringComparison.Ordinal);
        file.SetLength(0);
        ModelFile.Write(file, TinyTraining.Network(), new ModelAttachments(new StateDict([]), []));
        Assert.Contains("without a training's state", Refusal(file.ToArray()), StringComparison.Ordinal);
        file.SetLength(0);
        ModelFile.Write(file, TinyTraining.Network(), new ModelAttachments(new StateDict([]), [new("training/version", "9")]));
        Assert.Contains("version 9", Refusal(file.ToArray()), StringComparison.Ordinal);
        file.SetLength(0);
        SafetensorsWriter.Write(file, new StateDict([new("a", Tensor.Zeros([2]))]));
        Assert.Contains("weights alone", Refusal(file.ToArray()), StringComparison.Ordinal);
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
    public void Other_settings_are_refused_by_name()
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        AssertRefused(checkpoint, TinyTraining.Options with { LearningRate = 0.3 }, 8, "learning_rate '0.05', this one has '0.3'");
        AssertRefused(checkpoint, TinyTraining.Options with { Optimizer = new AdamWOptions() }, 8, "optimizer");
        AssertRefused(checkpoint, TinyTraining.Options, 4, "batch '8', this one has '4'");
        AssertRefused(checkpoint with { Model = TinyTraining.LinearNetwork() }, TinyTraining.Options, 8, "another network");
        AssertRefused(checkpoint with { Position = new DataPosition(2, 99) }, TinyTraining.Options, 8, "that cannot be");
        AssertRefused(checkpoint with { History = [] }, TinyTraining.Options, 8, "that cannot be");
        AssertRefused(checkpoint with { Position = new DataPosition(2, 0) }, TinyTraining.Options, 8, "that cannot be");
        AssertRefused(checkpoint with { Best = checkpoint.Best with { Epoch = 0 } }, TinyTraining.Options, 8, "that cannot be");
        AssertRefused(checkpoint with { Model = Pruned(checkpoint.Model) }, TinyTraining.Options, 8, "'fc.weight' is pruned in another way");
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
    public void Checkpoints_from_before_the_digest_of_the_data_go_on_all_the_same()
    {
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(Bytes(), "c");
        checkpoint = checkpoint with { Settings = ValueList.From(checkpoint.Settings.Where(setting => setting.Name != "data_digest")) };
        using var trainer = new Trainer(checkpoint.Model, TinyTraining.Loader(), TinyTraining.Options);
        trainer.Restore(checkpoint);
        Assert.Equal(checkpoint.Position, trainer.Position);
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
