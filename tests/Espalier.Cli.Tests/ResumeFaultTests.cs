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

    [Fact(DisplayName = "Faults: --exif and --max-pixels are settings of a training")]
    public void Decoding_is_compared()
    {
        using var folder = new TemporaryFolder();
        string[] usual = ["train", "cifar_resnet8", "--data", TinyData.WriteFolders(folder, 40), "--side", "32", "-o", folder.File("run"), "--batch", "8", "--epochs", "1", "--threads", "1"];
        Assert.Equal(ExitCode.Success, CliRun.Of(usual).Code);
        Assert.DoesNotContain(ModelFile.Read(folder.File("run/model.espalier")).Metadata.Lineage[^1].Settings, setting => setting.Name is "exif" or "max_pixels" or "reduce_jpeg");
        foreach ((string name, string option, string value) in new[] { ("exif", "--exif", "off"), ("max_pixels", "--max-pixels", "2000"), ("reduce_jpeg", "--reduce-jpeg", "32") })
        {
            string[] other = [.. usual, option, value, "--resume"];
            Assert.Contains($"the checkpoint's training has no {name}, this one has '{value}'", CliRun.Of(other).UserError(), StringComparison.Ordinal);
            CliRun changed = CliRun.Of([.. other, "--change", name]);
            Assert.True(changed.Code == ExitCode.Success, changed.Error);
        }
    }

    [Fact(DisplayName = "Faults: an old run's folder is resumed with --validation-split random")]
    public void A_run_with_a_random_split_is_resumed()
    {
        using var folder = new TemporaryFolder();
        string[] usual = ["train", "cifar_resnet8", "--data", TinyData.WriteCifar(folder, 40), "-o", folder.File("run"), "--batch", "8", "--validation-share", "0.25", "--threads", "1"];
        Assert.Equal(ExitCode.Success, CliRun.Of([.. usual, "--epochs", "1", "--validation-split", "random"]).Code); // as versions did that had no such option
        string[] longer = [.. usual, "--epochs", "2", "--resume", "--change", "epochs"];
        Assert.Contains("--validation-split random selects the same ones", CliRun.Of(longer).UserError(), StringComparison.Ordinal);
        CliRun run = CliRun.Of([.. longer, "--validation-split", "random"]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Equal(3, File.ReadAllLines(folder.File("run/history.csv")).Length);
    }

    [Fact(DisplayName = "Faults: prune --recover is resumed with other epochs and another learning rate by --change")]
    public void A_pruning_is_resumed_with_changes()
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("small.espalier");
        ModelFile.Write(model, Zoo.Create("cifar_resnet8").Initialize(1));
        string[] usual =
        [
            "prune", model, "--method", "l1", "--amount", "0.5", "--data", TinyData.WriteCifar(folder, 40), "--batch", "8", "--steps", "2", "--validation-share", "0.2", "--threads", "1", "-o", folder.File("out.espalier"),
        ];
        string[] first = [.. usual, "--recover", "1", "--lr", "0.01"];
        Assert.Equal(ExitCode.Success, CliRun.Of(first).Code);
        File.Delete(folder.File("out.steps/2/model.espalier")); // as if it had been interrupted in its last epoch, whose checkpoint is there
        string[] longer = [.. usual, "--recover", "2", "--lr", "0.02", "--resume"];

        Assert.Contains("except options of settings that --change names", CliRun.Of(longer).UserError(), StringComparison.Ordinal);
        Assert.Contains("was started with other options", CliRun.Of([.. longer, "--change", "epochs"]).UserError(), StringComparison.Ordinal);
        CliRun run = CliRun.Of([.. longer, "--change", "epochs", "learning_rate"]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        LineageEntry entry = ModelFile.Read(folder.File("out.espalier")).Metadata.Lineage[^1];
        Assert.Equal("epoch 2, batch 1: epochs from 1 to 2; learning_rate from 0.01 to 0.02", Assert.Single(entry.Settings, setting => setting.Name == "changed").Value);
        Assert.Equal(2, File.ReadAllLines(folder.File("out.steps/1/history.csv")).Length); // a finished step stays as it is
        Assert.Equal(3, File.ReadAllLines(folder.File("out.steps/2/history.csv")).Length);
        Assert.Equal(ExitCode.Success, CliRun.Of(longer).Code); // the record has the new values
        Assert.Contains("was started with other options", CliRun.Of([.. first, "--resume"]).UserError(), StringComparison.Ordinal);
        Assert.Contains("--resume may change, which is not given", CliRun.Of([.. first, "--change", "epochs"]).UserError(), StringComparison.Ordinal);
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
