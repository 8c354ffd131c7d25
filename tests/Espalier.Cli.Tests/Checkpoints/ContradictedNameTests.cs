using System.Text.Json;
using Espalier.Formats;

namespace Espalier.Cli.Tests;

/// <summary>Weights that fit a network by names and shapes, in files that name another one.</summary>
public class ContradictedNameTests
{
    [Theory(DisplayName = "Faults: resnetblur18, resnetaa50 fit resnet18, resnet50: a contradicted name is refused")]
    [InlineData("resnet18", "resnetblur18.pth", false)]
    [InlineData("resnet50", "resnetaa50_a1h-4cf422b3.pth", false)]
    [InlineData("resnet50", "resnet50d_student.pth", false)]
    [InlineData("resnet18", "seresnet18.pth", false)]
    [InlineData("cifar_plain56", "resnet56-4bfd9763.th", false)]
    [InlineData("resnet50_v1", "resnet50-0676ba61.pth", false)] // torchvision's own
    [InlineData("resnet18", "preact_resnet18.pth", false)]
    [InlineData("resnet50", "resnet50-0676ba61.pth", true)]
    [InlineData("resnet50", "resnet50_a1_0-14fe96d1.pth", true)]
    [InlineData("resnet50", "tv_resnet50.pth", true)]
    [InlineData("resnet18", "ssl_resnet18-d92f0530.pth", true)]
    [InlineData("resnet18", "ResNet-18-best.pth", true)]
    [InlineData("resnet18", "flowers_resnet18_from_resnet50.pth", true)]
    [InlineData("cifar_resnet56", "resnet56-4bfd9763.th", true)]
    [InlineData("cifar_resnet56_b", "resnet56-optionB-zip.pth", true)]
    [InlineData("resnet50", "resnetv2_50.pth", false)]
    [InlineData("resnetblur18", "resnetblur18.pth", true)]
    [InlineData("resnetaa50", "resnetaa50_a1h-4cf422b3.pth", true)]
    [InlineData("resnetblur50", "resnetaa50_a1h-4cf422b3.pth", false)]
    [InlineData("resnet50", "resnet50_gn_a1h2-8fe6c4d0.pth", false)]
    [InlineData("resnet50_gn", "resnet50_gn_a1h2-8fe6c4d0.pth", true)]
    [InlineData("resnet50d", "resnet50d_ra2-464e36ba.pth", true)]
    [InlineData("resnet50d", "gluon_resnet50_v1d-818a1b1b.pth", true)]
    [InlineData("resnet50c", "gluon_resnet50_v1d-818a1b1b.pth", false)]
    [InlineData("gluon_resnet50_v1d", "gluon_resnet50_v1d-818a1b1b.pth", true)]
    [InlineData("resnet50", "gluon_resnet50_v1b-0ebe02e2.pth", true)]
    [InlineData("seresnet50", "seresnet50_ra_224-8efdb4bb.pth", true)]
    [InlineData("legacy_seresnet50", "se_resnet50-ce0d4300.pth", true)]
    [InlineData("legacy_seresnext50_32x4d", "legacy_se_resnext50_32x4d-f3651bad.pth", true)]
    [InlineData("seresnext50_32x4d", "gluon_seresnext50_32x4d-90cf2d6e.pth", true)]
    [InlineData("seresnet50", "ecaresnet50d-93c81e3b.pth", false)]
    [InlineData("resnetv2_50", "resnetv2_50_a1h-000968b9.pth", true)]
    [InlineData("resnetv2_50d", "resnetv2_50_a1h-000968b9.pth", false)]
    [InlineData("res2net50_26w_4s", "res2net50_26w_4s-06e79181.pth", true)]
    [InlineData("resnest50d", "resnest50d-528c19ca.pth", true)]
    [InlineData("resnest50d", "resnest50d_4s2x40d-41d14ed0.pth", true)] // the numbers after it are those of its shapes
    [InlineData("cifar_wrn28_10", "wide_resnet28_10.pth", true)]
    [InlineData("cifar_wrn28_10", "wrn16_8.pth", false)]
    [InlineData("resnet18", "explain10.pth", true)]
    [InlineData("resnet18", "model_best.pth.tar", true)]
    [InlineData("resnext50_32x4d", "resnext50_32x4d-7cdf4587.pth", true)]
    [InlineData("shufflenet_v2_x1_5", "shufflenetv2_x1_5-3c479a10.pth", true)]
    [InlineData("wide_resnet50_2", "wide_resnet50_2-95faca4d.pth", true)]
    public void A_file_name_contradicts_or_not(string architecture, string file, bool fits) =>
        Assert.Equal(fits, ClaimedArchitecture.Contradiction(architecture, file, []) is null);

    [Fact(DisplayName = "Faults: inspect says which networks fit; loading by a contradicted name is refused with the remedy")]
    public void A_contradicted_name_is_refused_and_can_be_overridden()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("resnetblur20.pth");
        string image = WriteImage(folder);
        TorchZipWriter.Write(weights, TinyData.Model().ToStateDict());

        string error = CliRun.Of("classify", TinyData.Network, "--weights", weights, image).UserError();
        JsonElement network = CliRun.Of("inspect", weights, "--json").Json().GetProperty("network");

        Assert.Contains("its file name says resnetblur20.pth", error, StringComparison.Ordinal);
        Assert.Contains("--any-name", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, CliRun.Of("classify", TinyData.Network, "--weights", weights, "--any-name", image).Code);
        Assert.Contains("resnetblur20", network.GetProperty("contradiction").GetString(), StringComparison.Ordinal);
        Assert.Equal(TinyData.Network, network.GetProperty("name").GetString());
        Assert.Equal(["cifar_plain20"], network.GetProperty("alternatives").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void Of_several_networks_that_fit_inspect_puts_the_one_of_the_name_first()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("plain20.pth");
        TorchZipWriter.Write(weights, TinyData.Model().ToStateDict());

        JsonElement network = CliRun.Of("inspect", weights, "--json").Json().GetProperty("network");

        Assert.Equal("cifar_plain20", network.GetProperty("name").GetString());
        Assert.Equal([TinyData.Network], network.GetProperty("alternatives").EnumerateArray().Select(name => name.GetString()));
        Assert.False(network.TryGetProperty("contradiction", out _));
    }

    [Fact]
    public void The_configuration_beside_the_weights_counts()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("model.safetensors");
        SafetensorsWriter.Write(weights, TinyData.Model().ToStateDict());
        File.WriteAllText(folder.File("config.json"), """{"architecture": "resnetblur20", "num_classes": 10}""");

        Assert.Contains("config.json beside it says resnetblur20", CliRun.Of("convert", weights, folder.File("x.espalier"), "--model", TinyData.Network).UserError(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, CliRun.Of("convert", weights, folder.File("x.espalier"), "--model", TinyData.Network, "--any-name").Code);
    }

    private static string WriteImage(TemporaryFolder folder)
    {
        string image = folder.File("image.png");
        Imaging.PngEncoder.Save(TinyData.Picture(1), image);
        return image;
    }
}
