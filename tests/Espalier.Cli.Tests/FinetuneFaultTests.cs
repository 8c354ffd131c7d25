using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;

namespace Espalier.Cli.Tests;

/// <summary>Fine-tuning at another resolution, on gray images, with unequal classes and with learning rates by scope.</summary>
public sealed class FinetuneFaultTests
{
    [Fact(DisplayName = "Faults: finetune at another input size and number of channels")]
    public void The_input_changes()
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of(Finetune(folder, "--side", "24", "--input-channels", "1"));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Model model = ModelFile.Read(folder.File("run/model.espalier"));
        Assert.Equal("1x24x24", model.Graph.ShapeOf(model.Graph.Input.Name).ToString());
        Assert.Equal(24, model.Metadata.Preprocessing!.Crop!.Value.Height);
        Assert.Equal(1, model.Metadata.Preprocessing.Normalization.Channels);
        Assert.Contains(model.Metadata.Lineage, entry => entry.Action == "replace input");
        Assert.Equal(40, CliRun.Of("evaluate", folder.File("run/model.espalier"), "--data", folder.File("tiny.bin"), "--json").Json().GetProperty("count").GetInt32());
    }

    [Fact(DisplayName = "Faults: one-channel networks from the command line")]
    public void Gray_networks_are_trained()
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of(TrainVerbTests.Arguments(folder, "--epochs", "1", "--input-channels", "1"));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Model model = ModelFile.Read(folder.File("run/model.espalier"));
        Assert.Equal(1, model.Graph.ShapeOf(model.Graph.Input.Name)[0]);
    }

    [Theory(DisplayName = "Faults: class weights and balanced sampling")]
    [InlineData("weights", "class_weights")]
    [InlineData("sampling", "samples")]
    public void Classes_are_balanced(string balance, string setting)
    {
        using var folder = new TemporaryFolder();
        string classes = TinyData.WriteFolders(folder, 40);
        string[] first = [.. Directory.GetDirectories(classes).Order(StringComparer.Ordinal)];
        foreach (string file in Directory.GetFiles(first[0]).Skip(1))
        {
            File.Delete(file);
        }

        CliRun run = CliRun.Of("train", "cifar_resnet8", "--data", classes, "--side", "32", "-o", folder.File("run"), "--batch", "8", "--epochs", "1", "--validation-share", "0.1", "--threads", "1", "--balance", balance);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains(ModelFile.Read(folder.File("run/model.espalier")).Metadata.Lineage[^1].Settings, each => each.Name == setting && (setting != "samples" || int.Parse(each.Value, System.Globalization.CultureInfo.InvariantCulture) > 33));
        Assert.Contains("--balance is weights or sampling", CliRun.Of("train", "cifar_resnet8", "--data", classes, "-o", folder.File("other"), "--balance", "no").UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: discriminative learning rates and gradual unfreezing")]
    public void Learning_rates_differ_by_scope()
    {
        using var folder = new TemporaryFolder();
        CliRun run = CliRun.Of(Finetune(folder, "--lr-factor", "layer2=0.1", "conv1=0", "--unfreeze", "layer1=1"));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        (Model before, Model after) = (ModelFile.Read(folder.File("tiny.espalier")), ModelFile.Read(folder.File("run/model.espalier")));
        Assert.True(before.Parameters["conv1.weight"].Value.BitEquals(after.Parameters["conv1.weight"].Value)); // its factor is 0
        Assert.True(before.Parameters["layer1.0.conv1.weight"].Value.BitEquals(after.Parameters["layer1.0.conv1.weight"].Value)); // its epoch has not come
        Assert.False(before.Parameters["layer2.0.conv1.weight"].Value.BitEquals(after.Parameters["layer2.0.conv1.weight"].Value));
        Assert.Contains(after.Metadata.Lineage[^1].Settings, setting => setting is { Name: "learning_rates", Value: "layer2 x 0.1, conv1 x 0, layer1 x 1 from epoch 1" });
        Assert.Contains("'layer9' is to have its own learning rate, but matches no parameter", CliRun.Of(Finetune(folder, "--lr-factor", "layer9=2", "-o", folder.File("other"))).UserError(), StringComparison.Ordinal);
        Assert.Contains("--lr-factor takes SCOPE=FACTOR", CliRun.Of(Finetune(folder, "--lr-factor", "layer1=NaN", "-o", folder.File("other"))).UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: --zeros-as-masks")]
    public void Zeros_stay_zeros()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("tiny.espalier");
        ModelFile.Write(path, TinyData.Model().Prune(new WeightPruning { Target = PruningTarget.Fraction(0.5) }).Model.RemoveMasks());
        CliRun run = CliRun.Of(Finetune(folder, "--zeros-as-masks"));
        Assert.True(run.Code == ExitCode.Success, run.Error);
        (Model before, Model after) = (ModelFile.Read(path), ModelFile.Read(folder.File("run/model.espalier")));
        Assert.All(before.Graph.Nodes.Where(node => node.Op is Conv2d).Select(node => node.Parameter("weight")), name => Assert.InRange(after.Parameters[name].NonZeros, 0, before.Parameters[name].NonZeros));
        Assert.Equal(ExitCode.Success, CliRun.Of("convert", path, folder.File("masked.espalier"), "--zeros-as-masks").Code);
        Assert.NotNull(ModelFile.Read(folder.File("masked.espalier")).Parameters["layer1.0.conv1.weight"].Mask);
    }

    [Fact(DisplayName = "Faults: the confusion matrix and per-class accuracy on request")]
    public void Evaluation_writes_the_confusion_matrix()
    {
        using var folder = new TemporaryFolder();
        string csv = folder.File("confusion.csv");
        Assert.Equal(ExitCode.Success, CliRun.Of("evaluate", TinyData.WriteModel(folder), "--data", TinyData.WriteCifar(folder, 40), "--confusion", csv, "--csv", folder.File("classes.csv")).Code);
        string[] lines = File.ReadAllLines(csv);
        Assert.Equal("truth,predicted,images", lines[0]);
        Assert.Equal(40, lines.Skip(1).Sum(line => int.Parse(line.Split(',')[2], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(11, File.ReadAllLines(folder.File("classes.csv")).Length);
    }

    [Theory(DisplayName = "Faults: data of more classes than the network")]
    [InlineData("--method", "taylor", "--amount", "0.5")]
    [InlineData("--channels", "--importance", "taylor", "--amount", "0.5")]
    [InlineData("--method", "l1", "--amount", "0.5", "--recover", "1")]
    public void More_classes_than_outputs_are_one_line(params string[] options)
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("small.espalier");
        ModelFile.Write(model, Zoo.Create("cifar_resnet8", new ZooOptions { Classes = 4 }).Initialize(1));
        string error = CliRun.Of(["prune", model, "--data", TinyData.WriteCifar(folder, 40), "--validation-share", "0.2", "--batch", "8", "-o", folder.File("out.espalier"), .. options]).UserError();
        Assert.Contains("class", error, StringComparison.Ordinal);
    }

    private static string[] Finetune(TemporaryFolder folder, params string[] more)
    {
        string model = folder.File("tiny.espalier");
        if (!File.Exists(model))
        {
            TinyData.WriteModel(folder);
        }

        string[] usual = ["finetune", model, "--data", TinyData.WriteCifar(folder, 40), "--batch", "8", "--epochs", "1", "--validation-share", "0.2", "--threads", "1"];
        return more.Contains("-o") ? [.. usual, .. more] : [.. usual, "-o", folder.File("run"), .. more];
    }
}
