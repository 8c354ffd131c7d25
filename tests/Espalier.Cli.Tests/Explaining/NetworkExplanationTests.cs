using System.CommandLine;
using System.Text.Json;
using System.Xml.Linq;
using Espalier.Graphs;
using Espalier.Imaging;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Cli.Tests.Explaining;

public sealed class NetworkExplanationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Weights_alone_are_drawn_and_written()
    {
        (string text, _) = Explain(TinyData.Model());

        Assert.Equal(["channel-norms.svg", "filters.png", "network.json", "weight-zeros.svg", "weights.svg"], Written);
        JsonElement weights = Json.GetProperty("weights");
        Assert.Equal(20, weights.GetProperty("layers").GetArrayLength());
        JsonElement first = weights.GetProperty("layers")[0];
        Assert.Equal(("conv1", "16x3x3x3", 432), (first.GetProperty("layer").GetString(), first.GetProperty("shape").GetString(), first.GetProperty("count").GetInt32()));
        Assert.Equal(432, first.GetProperty("histogram").GetProperty("counts").EnumerateArray().Sum(count => count.GetInt32()));
        Assert.Equal(16, first.GetProperty("channel_norms").GetArrayLength());
        Assert.False(Json.TryGetProperty("activations", out _));
        Assert.Contains("layer3.2.conv2", text, StringComparison.Ordinal);
        AssertNarrow(text);
        Image filters = ImageDecoder.Decode(Path.Combine(Out, "filters.png"));
        Assert.Equal((4 * 35) + 2, filters.Width); // 16 filters of 3x3 weights, 33 pixels each
    }

    [Fact]
    public void A_pruned_network_is_compared_with_the_one_before()
    {
        string before = TinyData.WriteModel(_folder);
        Model pruned = TinyData.Model().Prune(PruneOptions.Blocks(1), cancellation: TestContext.Current.CancellationToken).Model;

        (string text, _) = Explain(pruned, "--before", before);

        Assert.Equal(2, Json.GetProperty("weights").GetProperty("removed").GetArrayLength());
        Assert.Equal(16, Json.GetProperty("weights").GetProperty("layers")[0].GetProperty("before").GetProperty("kept").GetArrayLength());
        Assert.Contains("removed since then: layer", text, StringComparison.Ordinal);
        AssertNarrow(text);
    }

    [Fact]
    public void Tables_of_a_large_network_fit_into_80_columns()
    {
        Model model = Zoo.Create("resnet50").Initialize(1);

        (string text, _) = Explain(model.Prune(PruneOptions.Weights(0.5), cancellation: TestContext.Current.CancellationToken).Model, "--before", "resnet50");

        Assert.Contains("layer4.0.downsample.0", text, StringComparison.Ordinal);
        AssertNarrow(text);
    }

    [Fact]
    public void Data_is_measured_and_evaluated()
    {
        string data = TinyData.WriteFolders(_folder, 20);

        (string text, string notes) = Explain(TinyData.Model(), "--data", data, "--images", "8", "--worst", "3");

        Assert.Equal(["activation-zeros.svg", "activations.svg", "blocks.svg", "calibration.svg", "channel-norms.svg", "confusion.svg", "filters.png", "network.json", "weight-zeros.svg", "weights.svg", "worst.png"], Written);
        Assert.All(Written.Where(name => name.EndsWith(".svg", StringComparison.Ordinal)), name => XDocument.Load(Path.Combine(Out, name)));
        JsonElement activations = Json.GetProperty("activations");
        Assert.Equal((8, 9), (activations.GetProperty("images").GetInt32(), activations.GetProperty("blocks").GetArrayLength()));
        Assert.True(activations.GetProperty("blocks")[0].GetProperty("ratio").GetDouble() > 0);
        JsonElement evaluation = Json.GetProperty("evaluation");
        Assert.Equal((20, 15, 3), (evaluation.GetProperty("count").GetInt32(), evaluation.GetProperty("calibration").GetArrayLength(), evaluation.GetProperty("worst").GetArrayLength()));
        double[] losses = [.. evaluation.GetProperty("worst").EnumerateArray().Select(image => image.GetProperty("loss").GetDouble())];
        Assert.Equal(losses.OrderDescending(), losses);
        Assert.Empty(notes);
        AssertNarrow(text);
    }

    [Fact]
    public void Photos_without_classes_are_measured_and_not_evaluated()
    {
        PngEncoder.Save(TinyData.Picture(1), _folder.File("photos/a.png"));
        _folder.Write("photos/b.png", 1, 2);

        (_, string notes) = Explain(TinyData.Model(), "--data", _folder["photos"]);

        Assert.Contains("has no classes, so the network is not evaluated", notes, StringComparison.Ordinal);
        Assert.Contains("warning: ", notes, StringComparison.Ordinal);
        Assert.Contains("b.png", notes, StringComparison.Ordinal);
        Assert.False(Json.TryGetProperty("evaluation", out _));
        Assert.Equal(1, Json.GetProperty("activations").GetProperty("images").GetInt32());
    }

    [Fact]
    public void Other_classes_are_refused_before_anything_is_written()
    {
        PngEncoder.Save(TinyData.Picture(1), _folder.File("others/tulip/a.png"));
        PngEncoder.Save(TinyData.Picture(2), _folder.File("others/rose/b.png"));

        Assert.Contains("--relabel maps the data's classes", Assert.Throws<EspalierException>(() => Explain(TinyData.Model(), "--data", _folder["others"])).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public void The_most_similar_photos_are_listed()
    {
        for (int i = 0; i < 4; i++)
        {
            PngEncoder.Save(TinyData.Picture(i % 3), _folder.File($"photos/{i}.png"));
        }

        (string text, _) = Explain(TinyData.Model(), "--neighbours", _folder["photos"], "--image", _folder["photos/0.png"], "--nearest", "2");

        JsonElement nearest = Json.GetProperty("neighbours").GetProperty("nearest");
        Assert.Equal(2, nearest.GetArrayLength());
        Assert.EndsWith("3.png", nearest[0].GetProperty("photo").GetString(), StringComparison.Ordinal); // the same picture
        Assert.Equal(0, nearest[0].GetProperty("distance").GetDouble(), 1e-6);
        Assert.Contains("photos most similar to", text, StringComparison.Ordinal);
        Assert.Equal((3 * 132) + 4, ImageDecoder.Decode(Path.Combine(Out, "neighbours.png")).Width);
    }

    [Theory]
    [InlineData("--images requires --data", "--images", "3")]
    [InlineData("--worst requires --data", "--worst", "3")]
    [InlineData("--before-weights requires --before", "--before-weights", "x.pth")]
    [InlineData("--image requires --neighbours", "--image", "x.png")]
    [InlineData("--neighbours requires --image", "--neighbours", "photos")]
    [InlineData("--relabel requires the classes of --data; found none", "--relabel")]
    public void Options_without_what_they_need_are_refused(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<EspalierException>(() => Explain(TinyData.Model(), arguments)).Message);

    private string Out => _folder["out"];

    private string[] Written => [.. Directory.EnumerateFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private JsonElement Json => JsonDocument.Parse(File.ReadAllText(Path.Combine(Out, "network.json"))).RootElement;

    private static void AssertNarrow(string text) => Assert.All(text.Split('\n').Where(line => !line.StartsWith(Path.GetTempPath(), StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 80));

    private (string Text, string Notes) Explain(Model model, params string[] arguments)
    {
        var options = new NetworkExplanationOptions();
        var command = new RootCommand();
        options.AddTo(command);
        ParseResult parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error);
        options.Require(parsed);
        model = options.Classes.Label(parsed, model);
        new NetworkExplanation(new CliContext(terminal, TestContext.Current.CancellationToken), options, parsed) { Folder = Out, Title = "tiny", Running = new ImageClassifierOptions { Threads = 1 } }.Run(model).Show(terminal, asJson: false);
        return (output.ToString(), error.ToString());
    }
}
