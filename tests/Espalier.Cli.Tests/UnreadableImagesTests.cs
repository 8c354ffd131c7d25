using Espalier.Formats;

namespace Espalier.Cli.Tests;

/// <summary>Images that cannot be read: counted and named, and skipped or fatal by choice.</summary>
public sealed class UnreadableImagesTests
{
    private const int Images = 30; // of each part

    [Theory]
    [InlineData()]
    [InlineData("--unreadable", "skip")]
    public void They_are_skipped_counted_and_named(params string[] choice)
    {
        using var folder = new TemporaryFolder();
        string[] learnt = Damage(folder, "train", 2);
        string[] measured = Damage(folder, "val", 1);
        CliRun run = CliRun.Of(Arguments(folder, choice));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("warning: 2 of 30 images of the training set could not be read:", run.Error, StringComparison.Ordinal);
        Assert.Contains("warning: 1 of 30 images of the validation set could not be read:", run.Error, StringComparison.Ordinal);
        Assert.All([.. learnt, .. measured], path => Assert.Contains(path, run.Error, StringComparison.Ordinal));
        Assert.Contains(ModelFile.Read(folder.File("run/model.espalier")).Metadata.Lineage[^1].Settings, setting => setting is { Name: "unreadable", Value: "skip" });
    }

    [Theory]
    [InlineData("train", "of the training set")]
    [InlineData("val", "of the validation set")]
    public void They_end_the_training_where_that_is_asked_for(string part, string purpose)
    {
        using var folder = new TemporaryFolder();
        Damage(folder, part == "train" ? "val" : "train", 0);
        string damaged = Assert.Single(Damage(folder, part, 1));
        CliRun run = CliRun.Of(Arguments(folder, "--unreadable", "stop"));
        Assert.Equal(ExitCode.UserError, run.Code);
        Assert.Contains($"warning: 1 of 30 images {purpose} could not be read:", run.Error, StringComparison.Ordinal);
        string error = Assert.Single(run.Error.Split('\n'), line => line.StartsWith("espalier: ", StringComparison.Ordinal));
        Assert.Contains(damaged, error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("run/model.espalier")));
    }

    [Fact]
    public void They_are_named_when_the_training_fails_too()
    {
        using var folder = new TemporaryFolder();
        Damage(folder, "train", 15); // so some of them are in the first batch
        Damage(folder, "val", 0);
        CliRun run = CliRun.Of(Arguments(folder, "--lr", "1e300", "--schedule", "constant"));
        Assert.Equal(ExitCode.UserError, run.Code);
        Assert.Contains("training diverged", run.Error, StringComparison.Ordinal);
        Assert.Contains(" of 30 images of the training set could not be read:", run.Error, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("data", "train", ""), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void They_are_named_when_the_training_is_interrupted_too()
    {
        using var folder = new TemporaryFolder();
        string damaged = Assert.Single(Damage(folder, "train", 1));
        string measured = Assert.Single(Damage(folder, "val", 1));
        using var stop = new CancellationTokenSource();
        using var output = new CancellingWriter("epoch   1/2", stop);
        using var error = new StringWriter();
        int code = CliApp.Run(Arguments(folder, "--epochs", "2"), new Terminal(output, error), stop.Token);
        Assert.Equal(ExitCode.Interrupted, code);
        Assert.Contains("1 of 30 images of the training set could not be read:", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(damaged, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(measured, error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Makes a part of a data set, some of whose images are none, and tells which.</summary>
    private static string[] Damage(TemporaryFolder folder, string part, int count)
    {
        string classes = TinyData.WriteFolders(folder, Images);
        string to = Path.Combine(folder.File("data"), part);
        Directory.CreateDirectory(folder.File("data"));
        Directory.Move(classes, to);
        string[] damaged = [.. Directory.GetFiles(to, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(count)];
        foreach (string path in damaged)
        {
            File.WriteAllText(path, "no picture");
        }

        return damaged;
    }

    private static string[] Arguments(TemporaryFolder folder, params string[] more)
    {
        string[] usual = ["train", "cifar_resnet8", "--data", folder.File("data"), "--side", "32", "-o", folder.File("run"), "--batch", "10", "--threads", "1"];
        return [.. usual, .. more.Contains("--epochs") ? more : [.. more, "--epochs", "1"]];
    }

    /// <summary>Takes text, and presses Ctrl-C as soon as some of it appears.</summary>
    private sealed class CancellingWriter(string text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                stop.Cancel();
            }
        }
    }
}
