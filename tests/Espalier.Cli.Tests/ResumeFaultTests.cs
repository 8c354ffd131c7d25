using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;

namespace Espalier.Cli.Tests;

/// <summary>A run is resumed with what it was started with, or with what is said to have changed.</summary>
public sealed class ResumeFaultTests
{
    [Theory(DisplayName = "Faults: images changed between a kill and --resume")]
    [InlineData("val", "the validation images are not those of the checkpoint's training")]
    [InlineData("train", "the images have the same names, but not the same content")]
    public void Replaced_images_are_refused(string part, string expected)
    {
        using var folder = new TemporaryFolder();
        string data = WriteParts(folder);
        string[] arguments = ["train", "cifar_resnet8", "--data", data, "--side", "32", "-o", folder.File("run"), "--batch", "10", "--epochs", "1", "--threads", "1"];
        Assert.Equal(ExitCode.Success, CliRun.Of(arguments).Code);
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--resume"]).Code);
        string[] files = [.. Directory.GetFiles(Path.Combine(data, part), "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        PngEncoder.Save(TinyData.Picture(12345), files[6]); // not one of the few whose pixels are compared for large data
        Assert.Contains(expected, CliRun.Of([.. arguments, "--resume"]).UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: the model file replaced before finetune --resume")]
    public void A_replaced_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string[] arguments = ["finetune", model, "--data", TinyData.WriteCifar(folder, 40), "-o", folder.File("run"), "--batch", "8", "--epochs", "1", "--validation-share", "0.2", "--threads", "1"];
        Assert.Equal(ExitCode.Success, CliRun.Of(arguments).Code);
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--resume"]).Code);
        ModelFile.Write(model, Zoo.Create(TinyData.Network).Initialize(2));
        Assert.Contains("the model to train is not the one that the checkpoint's training started from", CliRun.Of([.. arguments, "--resume"]).UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: the model file replaced before prune --steps --resume")]
    public void A_pruning_of_another_model_is_not_resumed()
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("small.espalier");
        ModelFile.Write(model, Zoo.Create("cifar_resnet8").Initialize(1));
        string[] arguments =
        [
            "prune", model, "--method", "l1", "--amount", "0.5", "--data", TinyData.WriteCifar(folder, 40), "--batch", "8", "--steps", "2", "--recover", "1", "--validation-share", "0.2", "--threads", "1", "-o", folder.File("out.espalier"),
        ];
        Assert.Equal(ExitCode.Success, CliRun.Of(arguments).Code);
        Directory.Delete(folder.File("out.steps/2"), recursive: true);
        string command = folder.File("out.steps/command.txt");
        File.WriteAllLines(command, File.ReadAllLines(command).Where(line => !line.StartsWith("content of", StringComparison.Ordinal) && !line.StartsWith("weights of", StringComparison.Ordinal))); // as earlier versions wrote it
        File.WriteAllText(command, File.ReadAllText(command).TrimEnd('\n'));
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--resume"]).Code);

        Directory.Delete(folder.File("out.steps"), recursive: true);
        Assert.Equal(ExitCode.Success, CliRun.Of(arguments).Code);
        ModelFile.Write(model, Zoo.Create("cifar_resnet8").Initialize(2));
        Assert.Contains("other weights", CliRun.Of([.. arguments, "--resume"]).UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: 12 → 20 epochs on --resume, another learning rate")]
    public void Named_settings_may_change()
    {
        using var folder = new TemporaryFolder();
        string[] usual = ["train", "cifar_resnet8", "--data", TinyData.WriteCifar(folder, 40), "-o", folder.File("run"), "--batch", "8", "--validation-share", "0.2", "--threads", "1"];
        Assert.Equal(ExitCode.Success, CliRun.Of([.. usual, "--epochs", "1"]).Code);
        string[] longer = [.. usual, "--epochs", "2", "--lr", "0.05", "--resume"];
        Assert.Contains("--change", CliRun.Of(longer).UserError(), StringComparison.Ordinal);
        Assert.Contains("--change seed: expected one of epochs, ", CliRun.Of([.. longer, "--change", "seed"]).UserError(), StringComparison.Ordinal);
        Assert.Contains("--resume may change, which is not given", CliRun.Of([.. usual, "--change", "epochs"]).UserError(), StringComparison.Ordinal);
        CliRun run = CliRun.Of([.. longer, "--change", "epochs", "lr"]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        LineageEntry entry = ModelFile.Read(folder.File("run/model.espalier")).Metadata.Lineage[^1];
        Assert.Equal("epoch 2, batch 1: epochs from 1 to 2; learning_rate from 0.1 to 0.05", Assert.Single(entry.Settings, setting => setting.Name == "changed").Value);
        Assert.Equal(3, File.ReadAllLines(folder.File("run/history.csv")).Length);
    }

    private static string WriteParts(TemporaryFolder folder)
    {
        foreach (string part in (string[])["train", "val"])
        {
            string classes = TinyData.WriteFolders(folder, 40);
            Directory.CreateDirectory(folder.File("data"));
            Directory.Move(classes, Path.Combine(folder.File("data"), part));
        }

        return folder.File("data");
    }
}
