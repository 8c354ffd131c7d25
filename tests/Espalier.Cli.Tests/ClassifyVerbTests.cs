using System.Text.Json;
using Espalier.Imaging;

namespace Espalier.Cli.Tests;

public class ClassifyVerbTests
{
    [Fact]
    public void Json_holds_the_best_classes_of_each_image_in_order()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string images = TinyData.WriteFolders(folder, 3);

        JsonElement[] answers = [.. CliRun.Of("classify", model, images, "--top", "4", "--batch", "2", "--json").Json().EnumerateArray()];

        Assert.Equal(3, answers.Length);
        Assert.EndsWith("0000.png", answers[0].GetProperty("image").GetString(), StringComparison.Ordinal);
        JsonElement[] predictions = [.. answers[0].GetProperty("predictions").EnumerateArray()];
        Assert.Equal(4, predictions.Length);
        Assert.All(predictions, prediction =>
        {
            Assert.Equal(TinyData.Model().Metadata.Labels[prediction.GetProperty("class").GetInt32()], prediction.GetProperty("label").GetString());
            Assert.InRange(prediction.GetProperty("probability").GetDouble(), 0, 1);
        });
        Assert.Equal(predictions.Select(Logit).OrderDescending(), predictions.Select(Logit));

        static double Logit(JsonElement prediction) => prediction.GetProperty("logit").GetDouble();
    }

    [Fact]
    public void The_answer_does_not_depend_on_batch_or_threads()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string images = TinyData.WriteFolders(folder, 5);

        string one = CliRun.Of("classify", model, images, "--json", "--batch", "1", "--threads", "1").Out;
        string many = CliRun.Of("classify", model, images, "--json", "--batch", "4", "--threads", "3").Out;

        Assert.NotEmpty(one);
        Assert.Equal(one, many);
    }

    [Fact]
    public void A_corrupt_image_is_named_and_the_others_are_answered()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string good = folder.File("good.png");
        string bad = folder.File("bad.png");
        PngEncoder.Save(TinyData.Picture(1), good);
        File.WriteAllBytes(bad, File.ReadAllBytes(good)[..100]);

        CliRun run = CliRun.Of("classify", model, bad, good, "--json");

        Assert.Equal(ExitCode.UserError, run.Code);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        JsonElement answers = document.RootElement;
        Assert.Equal(good, answers[0].GetProperty("image").GetString());
        Assert.Equal(bad, answers[1].GetProperty("image").GetString());
        Assert.NotEmpty(answers[1].GetProperty("error").GetString()!);
        Assert.Contains("bad.png", run.Error, StringComparison.Ordinal);
        Assert.Contains("bad.png", CliRun.Of("classify", model, bad).UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_weights_are_warned_of()
    {
        using var folder = new TemporaryFolder();
        string image = folder.File("image.png");
        PngEncoder.Save(TinyData.Picture(1), image);

        CliRun run = CliRun.Of("classify", TinyData.Network, image, "--seed", "3");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("random weights (seed 3)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_come_from_a_file_with_a_line_for_each_class()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string image = folder.File("image.png");
        PngEncoder.Save(TinyData.Picture(1), image);
        File.WriteAllLines(folder.File("ten.txt"), Enumerable.Range(0, 10).Select(i => $"kind {i}"));
        File.WriteAllLines(folder.File("nine.txt"), Enumerable.Range(0, 9).Select(i => $"kind {i}"));

        JsonElement best = CliRun.Of("classify", model, image, "--labels", folder.File("ten.txt"), "--json").Json()[0].GetProperty("predictions")[0];
        string error = CliRun.Of("classify", model, image, "--labels", folder.File("nine.txt")).UserError();

        Assert.Equal($"kind {best.GetProperty("class").GetInt32()}", best.GetProperty("label").GetString());
        Assert.Contains("found 9 labels, but the network has 10 outputs", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_has_a_row_for_each_class_of_each_image_and_one_for_each_that_cannot_be_read()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        (string good, string bad, string csv) = (folder.File("good.png"), folder.File("bad.png"), folder.File("answers.csv"));
        PngEncoder.Save(TinyData.Picture(1), good);
        File.WriteAllBytes(bad, File.ReadAllBytes(good)[..100]);
        File.WriteAllLines(folder.File("labels.txt"), Enumerable.Range(0, 10).Select(i => $"kind, \"{i}\""));
        string[] arguments = ["classify", model, good, bad, "--top", "2", "--labels", folder.File("labels.txt")];

        JsonElement predictions = JsonDocument.Parse(CliRun.Of([.. arguments, "--csv", csv, "--json"]).Out).RootElement[0].GetProperty("predictions");

        string[] lines = File.ReadAllLines(csv);
        Assert.Equal("image,rank,class,label,probability,logit,error", lines[0]);
        for (int rank = 1; rank <= 2; rank++)
        {
            JsonElement prediction = predictions[rank - 1];
            string number = prediction.GetProperty("class").GetRawText();
            Assert.Equal($"{good},{rank},{number},\"kind, \"\"{number}\"\"\",{prediction.GetProperty("probability").GetRawText()},{prediction.GetProperty("logit").GetRawText()},", lines[rank]);
        }

        Assert.StartsWith($"{bad},,,,,,", lines[3], StringComparison.Ordinal);
        Assert.Equal(4, lines.Length);
        Assert.Equal(CliRun.Of(arguments).Out, CliRun.Of([.. arguments, "--csv", csv]).Out); // the answer is printed all the same
    }
}
