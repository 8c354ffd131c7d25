using Espalier.Formats.Tests.Support;

namespace Espalier.Formats.Tests;

/// <summary>Files written by PyTorch, of every form, held against what PyTorch says is in them.</summary>
public class CheckpointFixtureTests
{
    public static TheoryData<string> Files => [.. Fixture.Table("fixtures.tsv").Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void Reads_what_PyTorch_wrote(string file)
    {
        Checkpoint checkpoint = CheckpointReader.Read(Fixture.PathOf(file));
        Assert.Equal(Fixture.Table("fixtures.tsv")[file], Fixture.Rows(checkpoint.StateDict));
        Assert.Equal(file.Split('.')[^2], checkpoint.Format switch
        {
            CheckpointFormat.TorchZip => "zip",
            CheckpointFormat.TorchLegacyStream => "stream",
            CheckpointFormat.TorchLegacyTar => "tar",
            _ => checkpoint.Format.ToString(),
        });
    }

    [Theory]
    [InlineData("refused_complex.pth", "'b.weight'", "complex64")]
    [InlineData("refused_sparse.pth", "'b.weight'", "_rebuild_sparse_tensor")]
    [InlineData("refused_quantized.pth", "'b.weight'", "_rebuild_qtensor")]
    public void Tensors_of_other_kinds_are_named_and_those_beside_them_read(string file, string name, string kind)
    {
        Checkpoint checkpoint = CheckpointReader.Read(Fixture.PathOf(file));
        Assert.NotEmpty(checkpoint.StateDict);
        CheckpointNote note = Assert.Single(checkpoint.Unreadable);
        Assert.Equal(name, $"'{note.Name}'");
        Assert.Contains(kind, note.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("training.zip.pth")]
    [InlineData("training.stream.pth")]
    public void Tells_what_else_a_training_checkpoint_holds(string file)
    {
        Checkpoint checkpoint = CheckpointReader.Read(Fixture.PathOf(file));
        Assert.Equal("state_dict", checkpoint.Wrapper);
        Assert.Equal(["epoch", "arch", "best_acc1", "optimizer"], checkpoint.Notes.Select(n => n.Name));
        Assert.Equal(["90", "\"resnet18\"", "69.75"], checkpoint.Notes.Take(3).Select(n => n.Text));
        Assert.StartsWith("a dict of 2 with the keys \"state\", \"param_groups\"", checkpoint.Notes[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_the_key_that_is_asked_for()
    {
        var options = new CheckpointOptions { StateDictKey = "optimizer" };
        StateDict momentum = CheckpointReader.Read(Fixture.PathOf("training.zip.pth"), options).StateDict;
        Assert.All(momentum.Names, name => Assert.EndsWith("momentum_buffer", name, StringComparison.Ordinal));
        Assert.NotEmpty(momentum);
    }

    [Fact]
    public void Says_what_there_is_instead_of_the_key_that_is_asked_for()
    {
        var options = new CheckpointOptions { StateDictKey = "ema" };
        string message = Assert.Throws<MalformedInputException>(() => CheckpointReader.Read(Fixture.PathOf("training.zip.pth"), options)).Message;
        Assert.Contains("no entry 'ema' with tensors in a dict of 5 with the keys \"epoch\", \"arch\", \"best_acc1\", \"state_dict\", \"optimizer\"", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Follows_wrappers_in_wrappers()
    {
        Checkpoint checkpoint = CheckpointReader.Read(Fixture.PathOf("wrapped_twice.zip.pth"));
        Assert.Equal("model.state_dict", checkpoint.Wrapper);
        Assert.Equal(["fc.weight"], checkpoint.StateDict.Names);
    }

    [Fact]
    public void Keeps_prefixes_when_told_to()
    {
        StateDict kept = CheckpointReader.Read(Fixture.PathOf("training.zip.pth"), new CheckpointOptions { KeepPrefixes = true }).StateDict;
        Assert.All(kept.Names, name => Assert.StartsWith("module.", name, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_file_is_an_error_of_one_line()
    {
        string message = Assert.Throws<EspalierException>(() => CheckpointReader.Read(Fixture.PathOf("nowhere.pth"))).Message;
        Assert.StartsWith("cannot read ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_folder_is_an_error_of_one_line() =>
        Assert.StartsWith("cannot read ", Assert.Throws<EspalierException>(() => CheckpointReader.Read(Fixture.Folder)).Message, StringComparison.Ordinal);
}
