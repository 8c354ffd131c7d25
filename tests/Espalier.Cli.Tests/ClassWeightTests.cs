using System.Globalization;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Cli.Tests;

/// <summary>Class weights that are given, not computed.</summary>
public sealed class ClassWeightTests
{
    private const string Numbers = "1,2,0.5,1,1,1,1,1,1,0";

    [Theory(DisplayName = "Faults: explicit class weights")]
    [InlineData("list")]
    [InlineData("numbers")]
    [InlineData("names")]
    public void Weights_reach_the_loss(string form)
    {
        using var folder = new TemporaryFolder();
        string data = TinyData.WriteFolders(folder, 40);
        string[] names = [.. TinyData.Model().Metadata.Labels];
        string[] weights = Numbers.Split(',');
        string[] named = [.. names.Order(StringComparer.Ordinal).Zip(weights, (name, weight) => $"{name}{(weight == "2" ? "\t" : ",")}{weight}")];
        string given = form switch
        {
            "list" => Numbers,
            "numbers" => Write(folder, "weights.txt", weights),
            _ => Write(folder, "weights.csv", [.. named.Reverse(), ""]),
        };

        string[] arguments = ["train", "cifar_resnet8", "--data", data, "--side", "32", "-o", folder.File("run"), "--batch", "8", "--epochs", "1", "--threads", "1"];
        CliRun run = CliRun.Of([.. arguments, "--class-weights", given]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Model model = ModelFile.Read(folder.File("run/model.espalier"));
        Assert.Equal(names.Order(StringComparer.Ordinal), model.Metadata.Labels);
        Assert.Equal(Numbers.Replace(',', ' '), Assert.Single(model.Metadata.Lineage[^1].Settings, setting => setting.Name == "class_weights").Value);
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--class-weights", Numbers, "--resume"]).Code); // the same weights in another form
        Assert.Contains("resuming needs the same, unless class_weights is named as a setting to change", CliRun.Of([.. arguments, "--resume"]).UserError(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--resume", "--change", "class-weights"]).Code);
    }

    [Fact]
    public void Balanced_weights_are_those_of_the_other_option()
    {
        using var folder = new TemporaryFolder();
        string data = TinyData.WriteFolders(folder, 43);
        string[] usual = ["train", "cifar_resnet8", "--data", data, "--side", "32", "--batch", "8", "--epochs", "1", "--threads", "1"];
        Assert.Equal(ExitCode.Success, CliRun.Of([.. usual, "-o", folder.File("a"), "--class-weights", "balanced"]).Code);
        Assert.Equal(ExitCode.Success, CliRun.Of([.. usual, "-o", folder.File("b"), "--balance", "weights"]).Code);
        Assert.Equal(File.ReadAllBytes(folder.File("b/model.espalier")), File.ReadAllBytes(folder.File("a/model.espalier")));
    }

    [Theory(DisplayName = "Faults: class weights that are not those of the classes are refused")]
    [InlineData("airplane,1\ntruck,2", "without a weight: automobile, bird")]
    [InlineData("airplane,1\nzeppelin,2", "not among them: zeppelin; without a weight: automobile")]
    [InlineData("airplane,1\nairplane,2", "'airplane' occurs 2 times")]
    [InlineData("airplane,1\n2", "line 2: expected the name of a class, a tab or comma, and its weight, such as 'cat,2.5'; found '2'")]
    [InlineData("1\nairplane,2", "line 2: expected a number, as in the first line; found 'airplane,2'")]
    [InlineData("1\n2\n3", "there are 3 class weights; expected one for each of the 10 outputs (airplane, automobile,")]
    [InlineData("0\n0", "all are 0")]
    [InlineData("1\n-2", "expected finite numbers of at least 0, found -2")]
    [InlineData("1\nNaN", "expected finite numbers of at least 0, found NaN")]
    [InlineData("\n \n", "found none")]
    public void Other_weights_are_refused(string content, string expected)
    {
        using var folder = new TemporaryFolder();
        string weights = Write(folder, "weights.csv", content.Split('\n'));
        string[] usual = ["finetune", TinyData.WriteModel(folder), "--data", TinyData.WriteCifar(folder, 40), "-o", folder.File("run"), "--batch", "8", "--epochs", "1", "--threads", "1"];
        Assert.Contains(expected, CliRun.Of([.. usual, "--class-weights", weights]).UserError(), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("run/model.espalier")));
    }

    [Fact]
    public void The_option_is_explained_where_it_does_not_apply()
    {
        using var folder = new TemporaryFolder();
        string[] usual = ["train", "cifar_resnet8", "--data", TinyData.WriteCifar(folder, 40), "-o", folder.File("run")];
        Assert.Contains("there is no such file", CliRun.Of([.. usual, "--class-weights", "nowhere.csv"]).UserError(), StringComparison.Ordinal);
        string[] prune = ["prune", TinyData.WriteModel(folder), "--method", "l1", "--amount", "0.5", "--data", TinyData.WriteCifar(folder, 40), "--recover", "1", "-o", folder.File("x.espalier")];
        Assert.Contains("--class-weights is numbers separated by commas, a file, or 'balanced'; found 'nowhere.csv', and there is no such file", CliRun.Of([.. prune, "--class-weights", "nowhere.csv"]).UserError(), StringComparison.Ordinal);
        Assert.Contains("--class-weights and --balance weights exclude each other", CliRun.Of([.. usual, "--class-weights", Numbers, "--balance", "weights"]).UserError(), StringComparison.Ordinal);
        Assert.Contains("--class-weights requires --recover", CliRun.Of("prune", TinyData.WriteModel(folder), "--method", "l1", "--amount", "0.5", "-o", folder.File("x.espalier"), "--class-weights", Numbers).UserError(), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Faults: class weights of a recovery from pruning; another file of weights is not resumed")]
    public void A_recovery_has_class_weights()
    {
        using var folder = new TemporaryFolder();
        string model = folder.File("small.espalier");
        ModelFile.Write(model, Zoo.Create("cifar_resnet8").Initialize(1));
        string weights = Write(folder, "weights.txt", Numbers.Split(','));
        string[] arguments =
        [
            "prune", model, "--method", "l1", "--amount", "0.5", "--data", TinyData.WriteCifar(folder, 40), "--batch", "8", "--recover", "1", "--validation-share", "0.2", "--threads", "1", "-o", folder.File("out.espalier"), "--class-weights", weights,
        ];
        Assert.Equal(ExitCode.Success, CliRun.Of(arguments).Code);
        Assert.Equal(Numbers.Replace(',', ' '), Assert.Single(ModelFile.Read(folder.File("out.espalier")).Metadata.Lineage[^1].Settings, setting => setting.Name == "class_weights").Value);
        Assert.Equal(ExitCode.Success, CliRun.Of([.. arguments, "--resume"]).Code);
        Write(folder, "weights.txt", Numbers.Replace("0.5", "0.25", StringComparison.Ordinal).Split(','));
        Assert.Contains("was started with other options", CliRun.Of([.. arguments, "--resume"]).UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_weighs_by_name()
    {
        using var folder = new TemporaryFolder();
        string[] labels = [.. TinyData.Model().Metadata.Labels];
        ClassWeights weights = ClassWeights.ByName(labels.Select((label, i) => KeyValuePair.Create(label, i + 0.5)));
        var options = new ImageTrainingOptions { ClassWeights = weights, Training = new() { Epochs = 1, Threads = 1 }, Batch = 8 };
        Model model = ImageTraining.FineTune(TinyData.Model(), TinyData.WriteCifar(folder, 40), options).Run(cancellation: TestContext.Current.CancellationToken).Model;
        string value = Assert.Single(model.Metadata.Lineage[^1].Settings, setting => setting.Name == "class_weights").Value;
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (i + 0.5).ToString(CultureInfo.InvariantCulture)), value.Split(' '));
        Assert.StartsWith("airplane:0.5 ", weights.ToString(), StringComparison.Ordinal);
    }

    private static string Write(TemporaryFolder folder, string name, string[] lines)
    {
        File.WriteAllLines(folder.File(name), lines);
        return folder.File(name);
    }
}
