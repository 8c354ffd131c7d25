using Espalier.Formats;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier.Tests.Reporting;

public sealed class TrainingHistoryTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        using var folder = new TemporaryFolder();
        HistoryCsv.Write(folder.File("history.csv"), ReportedData.History);
        IReadOnlyList<EpochRecord> read = TrainingHistory.Read(folder.Path);
        Assert.Equal(ReportedData.History.Select(epoch => epoch with { SavedSeconds = 0 }), read.Select(epoch => epoch with { SavedSeconds = 0 }));
        Assert.Equal(ReportedData.History[1].SavedShare, read[1].SavedShare, 1e-4);
        Assert.Equal(read, TrainingHistory.Read(folder["history.csv"]));
    }

    [Fact]
    public void It_is_found_beside_the_model_of_a_training_only()
    {
        using var folder = new TemporaryFolder();
        HistoryCsv.Write(folder.File("history.csv"), ReportedData.History);
        ModelFile.Write(folder.File("model.espalier"), TinyData.Model());
        ModelFile.Write(folder.File("other.espalier"), TinyData.Model());
        Assert.Equal(3, TrainingHistory.Beside(folder["model.espalier"]).Count);
        Assert.Empty(TrainingHistory.Beside(folder["other.espalier"]));
        Assert.Empty(TrainingHistory.Beside("resnet18"));
    }

    [Theory]
    [InlineData("", "line 1: expected 'epoch,step,")]
    [InlineData("a,b\n", "line 1: expected 'epoch,step,")]
    [InlineData("HEADER\n1,2,3\n", "line 2: expected the values of an epoch, found '1,2,3'")]
    [InlineData("HEADER\n1,10,0.1,2,0.5,,,1,100,\n1.5,10,0.1,2,0.5,,,1,100,\n", "line 3: expected the values of an epoch")]
    [InlineData("HEADER\n1,10,0.1,two,0.5,,,1,100,\n", "line 2: expected the values of an epoch")]
    [InlineData("HEADER\n0,10,0.1,2,0.5,,,1,100,\n", "line 2: expected the values of an epoch")]
    public void A_line_that_is_none_is_named(string content, string reason)
    {
        using var folder = new TemporaryFolder();
        string header = HistoryCsv.Format([]).TrimEnd();
        File.WriteAllText(folder.File("history.csv"), content.Replace("HEADER", header, StringComparison.Ordinal));
        Assert.Contains(reason, Assert.Throws<EspalierException>(() => TrainingHistory.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_history_is_an_error()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("history.csv", Assert.Throws<EspalierException>(() => TrainingHistory.Read(folder.Path)).Message, StringComparison.Ordinal);
    }
}
