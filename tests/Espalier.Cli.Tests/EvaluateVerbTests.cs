using System.Text.Json;
using Espalier.Data;
using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier.Cli.Tests;

public class EvaluateVerbTests
{
    [Fact]
    public void Cifar_files_and_folders_of_the_same_images_give_the_same_answer()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string cifar = TinyData.WriteCifar(folder, 30);
        string folders = TinyData.WriteFolders(folder, 30);

        JsonElement fromCifar = CliRun.Of("evaluate", model, "--data", cifar, "--json").Json();
        JsonElement fromFolders = CliRun.Of("evaluate", model, "--data", folders, "--json", "--batch", "7").Json();

        Assert.Equal(30, fromCifar.GetProperty("count").GetInt32());
        Assert.InRange(fromCifar.GetProperty("top5_correct").GetInt32(), fromCifar.GetProperty("top1_correct").GetInt32(), 30);
        foreach (string field in new[] { "count", "top1_correct", "top5_correct" })
        {
            Assert.Equal(fromCifar.GetProperty(field).GetInt32(), fromFolders.GetProperty(field).GetInt32());
        }

        Assert.Equal(fromCifar.GetProperty("loss").GetDouble(), fromFolders.GetProperty("loss").GetDouble(), 1e-9);
    }

    [Fact]
    public void The_generated_data_set_needs_no_file() =>
        Assert.Equal(12, CliRun.Of("evaluate", TinyData.Network, "--data", "shapes", "--limit", "12", "--relabel", "--json").Json().GetProperty("count").GetInt32());

    [Fact]
    public void Images_of_another_size_are_refused_with_the_options_that_help()
    {
        InputPipeline pipeline = InputPipeline.Create(new Preprocessing(), [3, 32, 32]);
        string message = Assert.Throws<EspalierException>(() => pipeline.Run(new Image(40, 20, new byte[40 * 20 * 3]))).Message;

        Assert.Equal("the image is 3x20x40 after preprocessing, but the network's input is 3x32x32; Preprocessing.Resize and Preprocessing.Crop can change it", message);
        const string InOptions = "the image is 3x20x40 after preprocessing, but the network's input is 3x32x32; --resize and --crop can change it";
        using var folder = new TemporaryFolder();
        string photo = folder.File("wide.png"), model = folder.File("bare.espalier");
        PngEncoder.Save(new Image(40, 20, new byte[40 * 20 * 3]), photo);
        Graphs.Model network = TinyData.Model();
        Formats.ModelFile.Write(model, network.With(network.Metadata with { Preprocessing = new Preprocessing() }));
        PngEncoder.Save(TinyData.Picture(1), folder.File("right.png"));

        Assert.Contains(InOptions, CliRun.Of("classify", model, photo).UserError(), StringComparison.Ordinal);
        CliRun both = CliRun.Of("classify", model, photo, folder.File("right.png"), "--json");
        Assert.Contains(InOptions, both.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.UserError, both.Code); // one image failed, the other is classified
        using JsonDocument json = JsonDocument.Parse(both.Out);
        Assert.Equal(InOptions, json.RootElement.EnumerateArray().Single(image => image.TryGetProperty("error", out _)).GetProperty("error").GetString());
    }

    [Fact]
    public void A_limit_takes_the_first_images()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string cifar = TinyData.WriteCifar(folder, 8);

        Assert.Equal(5, CliRun.Of("evaluate", model, "--data", cifar, "--limit", "5", "--json").Json().GetProperty("count").GetInt32());
    }

    [Fact]
    public void A_file_of_another_length_is_refused()
    {
        using var folder = new TemporaryFolder();
        string cifar = TinyData.WriteCifar(folder, 2);
        File.AppendAllText(cifar, "x");

        Assert.Contains("expected a multiple of 3073", CliRun.Of("evaluate", TinyData.Network, "--data", cifar).UserError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_that_are_not_the_models_classes_are_refused_with_both_lists()
    {
        using var folder = new TemporaryFolder();
        string path = TinyData.WriteFolders(folder, 3);
        Directory.Move(Path.Combine(path, "bird"), Path.Combine(path, "unicorn"));

        string error = CliRun.Of("evaluate", TinyData.Network, "--data", path).UserError();
        Assert.Contains("unicorn is not among its labels; the data has 3 (airplane, automobile, unicorn), the model 10 (airplane, automobile, bird, ", error, StringComparison.Ordinal);
        Assert.Contains("--relabel", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_has_a_row_for_each_class()
    {
        using var folder = new TemporaryFolder();
        string csv = folder.File("classes.csv");

        JsonElement json = CliRun.Of("evaluate", TinyData.WriteModel(folder), "--data", TinyData.WriteCifar(folder, 25), "--csv", csv, "--json").Json();

        string[][] rows = [.. File.ReadAllLines(csv).Select(line => line.Split(','))];
        Assert.Equal(["class", "label", "images", "predicted", "correct", "precision", "recall", "f1"], rows[0]);
        Assert.Equal(TinyData.Model().Metadata.Labels, rows.Skip(1).Select(row => row[1]));
        Assert.Equal([3, 3, 3, 3, 3, 2, 2, 2, 2, 2], Column(2)); // picture i is of class i mod 10
        Assert.Equal(25, Column(3).Sum());
        Assert.Equal(json.GetProperty("top1_correct").GetInt32(), Column(4).Sum());
        Assert.All(rows.Skip(1), row => Assert.Equal(row[3] == "0", row[5].Length == 0)); // no precision where nothing was taken for the class

        IEnumerable<int> Column(int at) => rows.Skip(1).Select(row => int.Parse(row[at], System.Globalization.CultureInfo.InvariantCulture));
    }
}
