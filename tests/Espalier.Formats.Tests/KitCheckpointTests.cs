using Espalier.Formats.Tests.Support;

namespace Espalier.Formats.Tests;

/// <summary>Other people's files: real weights and files of other projects' tests, held against what PyTorch reads in them.</summary>
public class KitCheckpointTests
{
    public static TheoryData<string> Files => [.. Fixture.Table("kit.tsv").Keys];

    [Theory]
    [MemberData(nameof(Files))]
    public void Reads_what_PyTorch_reads(string file)
    {
        StateDict tensors = CheckpointReader.Read(Kit.Path(file)).StateDict;
        Assert.Equal(Fixture.Table("kit.tsv")[file], Fixture.Rows(tensors));
    }

    [Theory]
    [InlineData("weights", 5)]
    [InlineData("formats/tensors", 58)]
    public void The_table_has_every_file_of_the_kit(string folder, int count)
    {
        string[] inKit = [.. Directory.EnumerateFiles(Kit.Path(folder)).Select(f => $"{folder}/{Path.GetFileName(f)}").Where(f => f != "formats/tensors/broken.pt").Order(StringComparer.Ordinal)];
        Assert.Equal(inKit, Fixture.Table("kit.tsv").Keys.Where(k => k.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(count, inKit.Length);
    }

    [Fact]
    public void A_file_of_three_letters_is_no_checkpoint() => AssertRefused("formats/tensors/broken.pt", "it begins with the bytes 616263");

    [Fact]
    public void A_truncated_download_is_refused_as_truncated() => AssertRefused(
        "formats/truncated-resnet18-5c106cde.pth",
        "truncated: the tar member 'storages' has 46,801,661 bytes, but the file ends after");

    [Theory]
    [InlineData("weights/resnet20-12fca82f.th", "state_dict", "best_prec1")]
    [InlineData("weights/resnet20-zip.pth", "state_dict", "prec1")]
    [InlineData("weights/resnet56-optionB-zip.pth", "", "")]
    [InlineData("weights/mobilenetv1-x0.25-imagenet.pth.tar", "state_dict", "epoch arch best_acc1 optimizer")]
    public void Tells_what_is_around_the_state_dict(string file, string wrapper, string notes)
    {
        Checkpoint checkpoint = CheckpointReader.Read(Kit.Path(file));
        Assert.Equal(wrapper, checkpoint.Wrapper);
        Assert.Equal(notes, string.Join(' ', checkpoint.Notes.Select(n => n.Name)));
    }

    private static void AssertRefused(string file, string reason) =>
        Assert.Contains(reason, Assert.Throws<MalformedInputException>(() => CheckpointReader.Read(Kit.Path(file))).Message, StringComparison.Ordinal);
}
