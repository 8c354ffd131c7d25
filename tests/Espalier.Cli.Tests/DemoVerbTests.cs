using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Imaging;

namespace Espalier.Cli.Tests;

public class DemoVerbTests
{
    [Fact]
    public void The_fast_plan_agrees_with_the_reference_and_the_picture_is_written()
    {
        using var folder = new TemporaryFolder();
        string picture = folder.File("espalier.png");

        JsonElement demo = CliRun.Of("demo", "--image", picture, "--images", "200", "--epochs", "1", "--out", folder.File("out"), "--json").Json();

        Assert.True(demo.GetProperty("agrees").GetBoolean());
        Assert.False(demo.GetProperty("trained").GetBoolean());
        Assert.InRange(demo.GetProperty("relative_difference").GetDouble(), 0, 1e-4);
        Assert.Equal(25_557_032, demo.GetProperty("parameters").GetInt64());
        string[] pictures = [.. demo.GetProperty("pictures").EnumerateArray().Select(file => file.GetString()!)];
        Assert.Equal(6, pictures.Length);
        Assert.All(pictures, file => Assert.Equal(192, ImageDecoder.Decode(file).Width));
        Assert.True(File.Exists(folder.File("out/curves.svg")));
        Assert.Contains("<svg", File.ReadAllText(folder.File("out/journey.svg")), StringComparison.Ordinal);
        RequireJourney([.. demo.GetProperty("journey").EnumerateArray()]);
        Image image = ImageDecoder.Decode(picture);
        Assert.Equal((320, 256), (image.Width, image.Height));
    }

    /// <summary>Accuracy says nothing after one epoch, and time nothing on a busy machine; but what is left can be counted.</summary>
    private static void RequireJourney(JsonElement[] steps)
    {
        Assert.Equal(["train", "prune channels", "fine-tune", "prune weights", "fine-tune", "fold", "compile"], steps.Select(step => step.GetProperty("step").GetString()));
        long[] macs = [.. steps.Select(step => step.GetProperty("macs").GetInt64())];
        long[] nonZeros = [.. steps.Select(step => step.GetProperty("non_zeros").GetInt64())];
        Assert.True(macs[1] <= 0.5 * macs[0] && macs[2] == macs[1] && macs[4] == macs[3] && macs[5] < 0.4 * macs[0], string.Join(' ', macs));
        Assert.True(nonZeros[3] < 0.4 * nonZeros[2] && nonZeros[5] < nonZeros[4], string.Join(' ', nonZeros));
        Assert.All(steps, step => Assert.Equal(new FileInfo(step.GetProperty("file").GetString()!).Length, step.GetProperty("bytes").GetInt64()));
        Assert.True(steps[6].GetProperty("bytes").GetInt64() < 0.1 * steps[0].GetProperty("bytes").GetInt64());
        Assert.All(steps, step => Assert.True(step.GetProperty("ms").GetDouble() > 0));

        Model shipped = ModelFile.Read(steps[6].GetProperty("file").GetString()!);
        Assert.DoesNotContain(shipped.Graph.Nodes, node => node.Op is BatchNorm or StochasticDepth);
        Assert.Equal(["blocks", "prune", "finetune", "prune", "finetune", "fold", "compile"], shipped.Metadata.Lineage.Select(entry => entry.Action).Where(action => action != "train"));
    }
}
