using System.Text.Json;
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
        Image image = ImageDecoder.Decode(picture);
        Assert.Equal((320, 256), (image.Width, image.Height));
    }
}
