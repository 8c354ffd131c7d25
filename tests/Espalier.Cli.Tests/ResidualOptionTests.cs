using System.Text.Json;
using Espalier.Formats;
using Espalier.Models;

namespace Espalier.Cli.Tests;

/// <summary>The options that replace parts of residual networks.</summary>
public class ResidualOptionTests
{
    [Fact]
    public void The_parts_of_resnet50_make_the_networks_that_timm_names()
    {
        Assert.Equal(Figures("resnet50d"), Figures("resnet50", "--stem", "deep", "--shortcut", "average-pool"));
        Assert.Equal(Figures("seresnet50t"), Figures("resnet50", "--stem", "deep-tiered", "--shortcut", "average-pool", "--attention", "se"));
        Assert.Equal(Figures("resnetblur50"), Figures("resnet50", "--pooling", "blur"));
        Assert.Equal(Figures("resnet50_gn"), Figures("resnet50", "--norm", "group"));
    }

    [Fact]
    public void A_network_with_other_parts_is_converted_and_runs_from_its_file()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights.safetensors");
        string model = folder.File("model.espalier");
        SafetensorsWriter.Write(weights, Zoo.Create("cifar_resnet8", new ZooOptions { Residual = default(ResidualVariant).With("attention", "se") }).Initialize(1).ToStateDict());

        Assert.Equal(ExitCode.Success, CliRun.Of("convert", weights, model, "--model", "cifar_resnet8", "--attention", "se").Code);

        Assert.Equal(Figures("cifar_resnet8", "--attention", "se"), Figures(model));
        Assert.Contains("is a model file", CliRun.Of("summary", model, "--norm", "group").UserError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vgg16", "--stem", "deep", "expected a residual network")]
    [InlineData("resnet18", "--stem", "deeper", "there are large, small, deep, deep-tiered")]
    [InlineData("resnet18", "--norm", "group:0", "there are batch, group, group:GROUPS")]
    [InlineData("resnet18", "--norm", "group:48", "do not divide")]
    [InlineData("resnet18", "--pooling", "average-after", "parts of bottlenecks")]
    [InlineData("resnet50_v1", "--pooling", "average", "In1x1")]
    [InlineData("preact_resnet50", "--pooling", "blur", "after an activation")]
    public void What_cannot_be_is_refused(string network, string option, string word, string message) =>
        Assert.Contains(message, CliRun.Of("summary", network, option, word).UserError(), StringComparison.Ordinal);

    private static string Figures(string model, params string[] options)
    {
        JsonElement summary = CliRun.Of(["summary", model, .. options, "--json"]).Json();
        return $"{summary.GetProperty("parameters")} {summary.GetProperty("macs")} {summary.GetProperty("depth")}";
    }
}
