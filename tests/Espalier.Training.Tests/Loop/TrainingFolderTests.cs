using Espalier.Tensors;
using Espalier.Testing;
using Espalier.Training.Tests.Support;

namespace Espalier.Training.Tests.Loop;

public sealed class TrainingFolderTests
{
    [Fact]
    public void One_training_at_a_time_has_a_folder()
    {
        using var folder = new TemporaryFolder();
        string path = folder["run"];
        var first = new TrainingFolder(path);
        first.Lock();
        first.Lock(); // it has it already
        using (var second = new TrainingFolder(path))
        {
            using var trainer = new Trainer(TinyTraining.Network(), TinyTraining.Loader(), TinyTraining.Options) { Folder = second };
            Assert.Contains($"another training run uses the folder {path}", Assert.Throws<EspalierException>(() => trainer.Run(cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        }

        first.Dispose();
        using var third = new TrainingFolder(path);
        third.Lock();
        Assert.Throws<EspalierException>(() => new TrainingFolder(path).Lock());
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["run"], "a file");
        using var files = new TrainingFolder(folder["run"]);
        Assert.Contains($"cannot write to {files.Path}", Assert.Throws<EspalierException>(files.Lock).Message, StringComparison.Ordinal);
    }
}
