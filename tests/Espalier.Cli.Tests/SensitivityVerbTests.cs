using System.Text.Json;
using System.Xml.Linq;

namespace Espalier.Cli.Tests;

public class SensitivityVerbTests
{
    [Fact]
    public void Layers_are_scanned_on_images_and_everything_is_written()
    {
        using var folder = new TemporaryFolder();
        string[] files = [folder.File("s.csv"), folder.File("s.svg"), folder.File("a.csv")];

        CliRun run = CliRun.Of(
            "sensitivity", TinyData.WriteModel(folder), "--data", TinyData.WriteCifar(folder, 30), "--samples", "20", "--amounts", "0.5,1", "--scope", "layer1.0", "linear",
            "--max-loss", "1", "--csv", files[0], "--svg", files[1], "--amounts-csv", files[2], "--threads", "1");

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("layer1.0.conv2.weight", run.Out, StringComparison.Ordinal);
        Assert.Contains("accuracy of the whole network: ", run.Out, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(files[0]);
        Assert.Equal("name,size,amount,accuracy", lines[0]);
        Assert.Equal(1 + (3 * 2), lines.Length);
        Assert.StartsWith("layer1.0.conv1.weight,2304,0.5,", lines[1], StringComparison.Ordinal);
        Assert.Equal(["name,amount", "layer1.0.conv1.weight,1", "layer1.0.conv2.weight,1", "linear.weight,1"], File.ReadAllLines(files[2]));
        XElement svg = XDocument.Load(files[1]).Root!;
        Assert.Equal(1 + (3 * 2), svg.Descendants().Count(element => element.Name.LocalName == "rect"));
    }

    [Fact]
    public void Groups_are_scanned_without_data_by_how_far_the_outputs_move()
    {
        JsonElement scan = CliRun.Of("sensitivity", TinyData.Network, "--by", "group", "--amounts", "0.25,0.75", "--method", "fpgm", "--json").Json();

        Assert.Equal(("output change", 0), (scan.GetProperty("measure").GetString(), scan.GetProperty("whole").GetDouble()));
        JsonElement[] curves = [.. scan.GetProperty("curves").EnumerateArray()];
        Assert.Equal(9 + 3, curves.Length); // the inner layer of each of nine blocks, and the width of each of three stages
        Assert.All(curves, curve => Assert.True(curve.GetProperty("points")[0].GetProperty("value").GetDouble() > 0, curve.ToString()));
    }

    [Theory]
    [InlineData("--by takes layer or group", "--by", "block")]
    [InlineData("--amounts takes fractions", "--amounts", "0.5,x")]
    [InlineData("Expected ascending amounts above 0 and up to 1", "--amounts", "0.5,0.4")]
    [InlineData("there is no --method fpgm for weights; there are l1, l2, lamp and random", "--method", "fpgm")]
    [InlineData("there is no --method lamp for channels; there are l1, l2, fpgm, bn and random", "--method", "lamp", "--by", "group")]
    [InlineData("--scope selects layers", "--by", "group", "--scope", "layer1")]
    [InlineData("always removes half", "--pattern", "2:4")]
    public void Impossible_requests_say_what_would_work(string expected, params string[] options) =>
        Assert.Contains(expected, CliRun.Of(["sensitivity", TinyData.Network, .. options]).UserError(), StringComparison.Ordinal);
}
