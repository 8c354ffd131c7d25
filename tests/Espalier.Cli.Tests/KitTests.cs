using System.Globalization;
using System.Text.Json;
using Espalier.Graphs;
using MobileNetV1;

namespace Espalier.Cli.Tests;

/// <summary>Real weights and real images, against PyTorch's answers.</summary>
public class KitTests
{
    [Theory]
    [InlineData(9339, "cifar_resnet56", "resnet56-4bfd9763.th")]
    [InlineData(9173, "cifar_resnet20", "resnet20-12fca82f.th")]
    [InlineData(9147, "cifar_resnet20", "resnet20-zip.pth", "--rename", @"\bconv\.=>conv1.", "--rename", @"\bbn\.=>bn1.")]
    [InlineData(9356, "cifar_resnet56_b", "resnet56-optionB-zip.pth")]
    public void Evaluate_counts_as_many_right_as_PyTorch(int expected, string network, string weights, params string[] more)
    {
        FullRun.RequireOneOf(4, weights);
        JsonElement json = CliRun.Of(["evaluate", network, "--weights", Kit.Path($"weights/{weights}"), "--data", Kit.Path("cifar10/test_batch.bin"), "--batch", "100", "--json", .. more]).Json();

        Assert.Equal(10_000, json.GetProperty("count").GetInt32());
        Assert.Equal(expected, json.GetProperty("top1_correct").GetInt32());
    }

    [Fact]
    public void Folding_and_removing_residuals_leaves_every_prediction_as_it_is()
    {
        JsonElement fold = CliRun.Of("fold", "cifar_resnet20", "--weights", Kit.Path("weights/resnet20-12fca82f.th"), "--remove-residuals", "--dry-run", "--verify", Kit.Path("cifar10/test_batch.bin"), "--batch", "100", "--json").Json();

        JsonElement verify = fold.GetProperty("verify");
        Assert.Equal(10_000, verify.GetProperty("same_class").GetInt32());
        Assert.Equal(9173, verify.GetProperty("top1_before").GetInt32());
        Assert.Equal(9173, verify.GetProperty("top1_after").GetInt32());
    }

    [Fact]
    public void Expanding_a_trained_network_leaves_every_prediction_as_it_is()
    {
        using var folder = new TemporaryFolder();
        string expanded = folder.File("expanded.espalier");
        string[] verify = ["--verify", Kit.Path("cifar10/test_batch.bin"), "--limit", "1000", "--batch", "100", "--json"];

        JsonElement expand = CliRun.Of(["expand", "cifar_resnet20", "--weights", Kit.Path("weights/resnet20-12fca82f.th"), "--block", "dbb", "--gamma", "0.3", "-o", expanded, .. verify]).Json();
        JsonElement fold = CliRun.Of(["fold", expanded, "--dry-run", .. verify]).Json();

        Assert.Equal(19, expand.GetProperty("expanded").GetInt32());
        Assert.Equal(1000, expand.GetProperty("verify").GetProperty("same_class").GetInt32());
        Assert.Equal(1000, fold.GetProperty("verify").GetProperty("same_class").GetInt32());
        Assert.Equal(269_034, fold.GetProperty("after").GetProperty("parameters").GetInt64());
    }

    [Fact]
    public void A_network_quantized_with_the_usual_options_is_about_as_often_right()
    {
        string[] data = ["--data", Kit.Path("cifar10"), "--verify", Kit.Path("cifar10/test_batch.bin"), "--batch", "100"];

        JsonElement json = CliRun.Of(["quantize", "cifar_resnet20", "--weights", Kit.Path("weights/resnet20-12fca82f.th"), .. data, "--dry-run", "--json"]).Json();

        JsonElement verify = json.GetProperty("verify");
        Assert.Equal(9173, verify.GetProperty("top1_before").GetInt32());
        Assert.InRange(verify.GetProperty("top1_after").GetInt32(), 9150, 9250);
        Assert.InRange(json.GetProperty("after").GetProperty("bits").GetDouble(), 8, 8.2);
    }

    [Fact]
    public void A_checkpoint_with_other_names_says_which_renaming_it_wants()
    {
        string error = CliRun.Of("summary", "cifar_resnet20", "--weights", Kit.Path("weights/resnet20-zip.pth")).Code == ExitCode.Success
            ? CliRun.Of("bench", "cifar_resnet20", "--weights", Kit.Path("weights/resnet20-zip.pth")).UserError()
            : "";

        Assert.Contains("--rename", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_network_gives_PyTorchs_five_best_classes_of_every_photograph()
    {
        using var classifier = new ImageClassifier(QuarterMobileNet.Load(Kit.Path("weights/mobilenetv1-x0.25-imagenet.pth.tar"), []));
        string[] rows = File.ReadAllLines(Kit.Path("expected/mobilenetv1-x0.25.imagenet-samples.tsv"));
        Assert.Equal(101, rows.Length);
        foreach (string[] row in rows.Skip(1).Select(line => line.Split('\t')))
        {
            int[] expected = [.. row[2].Trim('[', ']').Split(", ").Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
            Prediction[] actual = classifier.Classify(Kit.Path($"imagenet/samples/{row[0]}"), 5);

            Assert.True(expected.SequenceEqual(actual.Select(prediction => prediction.Class)), $"{row[0]}: expected {row[2]}, found {string.Join(", ", actual.Select(prediction => prediction.Class))}");
            Assert.Equal(float.Parse(row[3], CultureInfo.InvariantCulture), actual[0].Logit, 1e-3f);
        }
    }

    [Fact]
    public void The_sample_network_gives_PyTorchs_probabilities_of_the_dog()
    {
        using var classifier = new ImageClassifier(QuarterMobileNet.Load(Kit.Path("weights/mobilenetv1-x0.25-imagenet.pth.tar"), File.ReadLines(Kit.Path("imagenet/imagenet_classes.txt"))));

        Prediction[] dog = classifier.Classify(Kit.Path("imagenet/dog.jpg"), 5);

        Assert.Equal(["Samoyed", "papillon", "Pomeranian", "Angora", "Japanese spaniel"], dog.Select(prediction => prediction.Label));
        double[] expected = [0.78520, 0.09639, 0.02864, 0.02554, 0.01295];
        Assert.All(dog.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.Probability, 1e-5)); // all the digits that are known
    }
}
