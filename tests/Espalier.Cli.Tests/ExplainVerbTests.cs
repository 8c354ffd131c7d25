using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;

namespace Espalier.Cli.Tests;

public sealed class ExplainVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _photo;
    private readonly string _output;

    public ExplainVerbTests()
    {
        _model = _folder.File("model.espalier");
        ModelFile.Write(_model, Zoo.Create("cifar_resnet8").Initialize(1));
        _photo = _folder.File("photo.png");
        PngEncoder.Save(TinyData.Picture(1), _photo);
        _output = _folder.File("out");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void By_default_the_class_activation_map_of_the_predicted_class_is_written()
    {
        JsonElement answer = Assert.Single(Explain(_photo, "--json").Json().EnumerateArray().ToArray());
        JsonElement map = Assert.Single(answer.GetProperty("explanations").EnumerateArray().ToArray());

        Assert.Equal(5, answer.GetProperty("predictions").GetArrayLength());
        Assert.Equal("grad-cam", map.GetProperty("kind").GetString());
        Assert.Equal(answer.GetProperty("predictions")[0].GetProperty("class").GetInt32(), map.GetProperty("class").GetInt32());
        Assert.Equal(["photo.png.grad-cam.json", "photo.png.grad-cam.png"], Files());
        Assert.Equal("32x32 RGB", ImageDecoder.Decode(Path.Combine(_output, map.GetProperty("png").GetString()!)).ToString());
        using JsonDocument numbers = JsonDocument.Parse(File.ReadAllText(Path.Combine(_output, map.GetProperty("json").GetString()!)));
        Assert.Equal((8, _photo), (numbers.RootElement.GetProperty("map").GetArrayLength(), numbers.RootElement.GetProperty("image").GetString()));
    }

    [Fact]
    public void Each_explanation_has_its_files_and_a_row()
    {
        string csv = _folder.File("rows.csv");
        CliRun run = Explain(_photo, "--map", "layer1", "--map", "input", "--cam", "cam", "--class", "3", "--occlusion", "--patch", "16", "--fill", "#80ff00", "--receptive-field", "layer2:1,2", "--csv", csv);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        string[] names = ["photo.png.cam", "photo.png.occlusion", $"photo.png.maps.{Last("layer1")}", "photo.png.maps.input", $"photo.png.receptive-field.{Last("layer2")}.1-2"];
        Assert.Equal(names.SelectMany(name => new[] { name + ".json", name + ".png" }).Order(StringComparer.Ordinal), Files());
        Assert.All(names, name => Assert.Contains(name, run.Out, StringComparison.Ordinal));
        Assert.Equal(1 + names.Length, File.ReadLines(csv).Count());
        Assert.Contains("16 maps of 32x32", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Photos_of_one_name_do_not_overwrite_each_other_and_a_broken_one_is_named()
    {
        string other = Path.Combine(Directory.CreateDirectory(_folder.File("other")).FullName, "photo.png"), broken = _folder.File("broken.png");
        PngEncoder.Save(TinyData.Picture(2), other);
        File.WriteAllBytes(broken, File.ReadAllBytes(other)[..60]);

        CliRun run = Explain(_photo, other, broken);

        Assert.Equal(ExitCode.UserError, run.Code);
        Assert.Contains("broken.png", run.Error, StringComparison.Ordinal);
        Assert.Equal(["photo.png.grad-cam-2.json", "photo.png.grad-cam-2.png", "photo.png.grad-cam.json", "photo.png.grad-cam.png"], Files());
        Assert.Contains("cannot be read", Explain(broken).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_network_in_8_bits_the_method_is_told_once()
    {
        string small = _folder.File("small.espalier");
        CliRun.Of("quantize", _model, "--data", TinyData.WriteCifar(_folder, 40), "--images", "8", "--observer", "min-max", "-o", small, "--json").Json();

        CliRun run = CliRun.Of("explain", small, _photo, _photo, "-o", _output, "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Single(run.Error.Split('\n'), line => line.Contains("score-cam", StringComparison.Ordinal));
        Assert.Equal(4, Files().Count(file => file.Contains(".score-cam", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("the network has no node or scope 'layr1'; did you mean", "--map", "layr1")]
    [InlineData("so there is no unit in row 99, column 0", "--receptive-field", "layer1:99,0")]
    [InlineData("--receptive-field takes NODE or NODE:ROW,COL, such as layer3:7,7, found 'layer1:9'", "--receptive-field", "layer1:9")]
    [InlineData("the model has no class '10'; expected", "--class", "10")]
    [InlineData("has no feature map to locate a class in", "--at", "linear")]
    [InlineData("--patch is about the square of --occlusion, which is not given", "--patch", "4")]
    [InlineData("a square of 33 pixels does not fit into the network's input of 32x32; expected at most 32", "--occlusion", "--patch", "33")]
    [InlineData("--fill takes mean, black, gray, white or #RRGGBB, found '#12'", "--occlusion", "--fill", "#12")]
    [InlineData("--at is about the class activation map", "--at", "layer1", "--map", "layer1")]
    [InlineData("--class is about the class activation map and --occlusion", "--class", "1", "--map", "layer1")]
    [InlineData("--cam is auto or cam or grad-cam or score-cam, found 'best'", "--cam", "best")]
    public void What_is_not_understood_is_one_line(string error, params string[] options) => Assert.Contains(error, Explain([_photo, .. options]).UserError(), StringComparison.Ordinal);

    [Fact]
    public void Without_a_photo_the_network_is_explained_with_a_row_for_each_layer()
    {
        string csv = _folder.File("layers.csv");
        CliRun run = CliRun.Of("explain", _model, "--data", TinyData.WriteCifar(_folder, 20), "--images", "4", "--batch", "2", "-o", _output, "--csv", csv);

        Assert.Equal(ExitCode.Success, run.Code);
        string[] layers = [.. File.ReadLines(csv)];
        Assert.Equal(1 + 8, layers.Length); // the depth counts convolutions and the linear layer
        Assert.StartsWith("layer,", layers[0], StringComparison.Ordinal);
        Assert.Contains("what each residual block adds to its shortcut", run.Out, StringComparison.Ordinal);
        Assert.Contains("network.json", Files());
        using JsonDocument numbers = JsonDocument.Parse(File.ReadAllText(Path.Combine(_output, "network.json")));
        Assert.Equal(20, numbers.RootElement.GetProperty("evaluation").GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("--map is about photos: give one or more after the model", "--map", "conv1")]
    [InlineData("--class is about photos", "--class", "1")]
    [InlineData("--images requires --data", "--images", "3")]
    public void Without_a_photo_options_about_photos_are_refused(string error, params string[] options) => Assert.Contains(error, CliRun.Of(["explain", _model, .. options]).UserError(), StringComparison.Ordinal);

    [Theory]
    [InlineData("--worst is about the network as a whole", "--worst", "3")]
    [InlineData("--relabel is about the network as a whole", "--relabel")]
    public void With_a_photo_options_about_the_network_are_refused(string error, params string[] options) => Assert.Contains(error, Explain([_photo, .. options]).UserError(), StringComparison.Ordinal);

    private CliRun Explain(params string[] arguments) => CliRun.Of(["explain", _model, .. arguments, "-o", _output]);

    private string[] Files() => [.. Directory.GetFiles(_output).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private static string Last(string scope) => Zoo.Create("cifar_resnet8").Graph.InScope(scope).Last().Name;
}
