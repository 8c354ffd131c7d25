using System.Text.Json;
using Espalier.Models;

namespace Espalier.Cli.Tests;

public class ModelsVerbTests
{
    [Fact]
    public void Json_lists_every_network_with_its_published_figures()
    {
        JsonElement[] networks = [.. CliRun.Of("models", "--json").Json().EnumerateArray()];

        Assert.Equal(Zoo.Names, networks.Select(network => network.GetProperty("name").GetString()));
        JsonElement resnet50 = networks.Single(network => network.GetProperty("name").GetString() == "resnet50");
        Assert.Equal("ResNet", resnet50.GetProperty("family").GetString());
        Assert.Equal("3x224x224", resnet50.GetProperty("input").GetString());
        Assert.Equal(25_557_032, resnet50.GetProperty("parameters").GetInt64());
        Assert.Equal(4_089_184_256, resnet50.GetProperty("macs").GetInt64());
    }

    [Fact]
    public void The_table_is_not_wrapped_where_nobody_looks()
    {
        CliRun run = CliRun.Of("models");

        Assert.Equal(ExitCode.Success, run.Code);
        string row = Assert.Single(run.Out.Split('\n'), line => line.Contains(" resnet50 ", StringComparison.Ordinal));
        Assert.Contains("25.56 M", row, StringComparison.Ordinal);
        Assert.Contains("3-4-6-3 bottlenecks, projection shortcuts", row, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Out);
    }
}
