using System.Text.Json;

namespace Espalier.Cli.Tests;

public class SummaryVerbTests
{
    [Fact]
    public void Stages_halve_the_map_from_224_to_7()
    {
        JsonElement summary = CliRun.Of("summary", "resnet50", "--json").Json();

        int[] sides = [.. summary.GetProperty("stages").EnumerateArray().Take(5).Select(stage => stage.GetProperty("output")[1].GetInt32())];
        Assert.Equal([112, 56, 28, 14, 7], sides);
        Assert.Equal(50, summary.GetProperty("depth").GetInt32());
        Assert.Equal(25_557_032, summary.GetProperty("parameters").GetInt64());
        Assert.Equal(427, summary.GetProperty("stages")[4].GetProperty("receptive_field")[0].GetInt32());
        Assert.Equal(32, summary.GetProperty("stages")[4].GetProperty("stride")[0].GetInt32());
    }

    [Fact]
    public void Blocks_are_built_where_asked_and_fold_away()
    {
        JsonElement summary = CliRun.Of("summary", "resnet18", "--block", "dbb=layer4", "--block-gamma", "single", "--folded", "--json").Json();

        Assert.True(summary.GetProperty("before").GetProperty("macs").GetInt64() > 1_814_073_344);
        Assert.Equal(1_814_073_344, summary.GetProperty("folded").GetProperty("macs").GetInt64());
    }

    [Fact]
    public void A_convolution_that_cannot_be_a_block_is_said_to_stay_plain() =>
        Assert.Contains("layer4.0.downsample.0 stays plain: a 1x1", CliRun.Of("summary", "resnet18", "--block", "dbb=layer4").Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("3x64x96", 64, 96)]
    [InlineData("64x96", 64, 96)]
    [InlineData("320", 320, 320)]
    public void Any_input_size_can_be_asked_for(string size, int height, int width)
    {
        JsonElement input = CliRun.Of("summary", "resnet18", "--input", size, "--json").Json().GetProperty("input");

        Assert.Equal([3, height, width], input.EnumerateArray().Select(extent => extent.GetInt32()));
    }

    [Fact]
    public void Nodes_and_totals_are_printed()
    {
        CliRun run = CliRun.Of("summary", "resnet18", "--nodes");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("layer1.0.conv1", run.Out, StringComparison.Ordinal);
        Assert.Contains("resnet18 at 3x224x224: depth 18, 11,689,512 parameters", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_count_changes_the_last_layer()
    {
        JsonElement summary = CliRun.Of("summary", "resnet18", "--classes", "7", "--json").Json();

        Assert.Equal(11_689_512 - (1000 - 7) * 513, summary.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public void Stochastic_depth_is_forecast()
    {
        JsonElement forecast = CliRun.Of("summary", "cifar_resnet110", "--stochastic-depth", "0.5", "--json").Json().GetProperty("stochastic_depth");
        Assert.Equal(54, forecast.GetProperty("blocks").GetInt32());
        Assert.Equal(40.25, forecast.GetProperty("expected_blocks").GetDouble(), 1e-9); // (3L − 1)/4
        Assert.InRange(forecast.GetProperty("saved_share").GetDouble(), 0.24, 0.26);
        CliRun run = CliRun.Of("summary", "cifar_resnet20", "--stochastic-depth", "0.5,constant,row,bypass:clone", "--depth-scope", "layer2", "layer3");
        Assert.Contains("1.00 of 2 blocks survive", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("above 0 and below 1, found '1.5'", "--stochastic-depth", "1.5")]
    [InlineData("found 'sometimes'", "--stochastic-depth", "0.5,sometimes")]
    [InlineData("requires --stochastic-depth", "--depth-scope", "layer1")]
    [InlineData("layer9: no residual block of this name", "--stochastic-depth", "0.5", "--depth-scope", "layer9")]
    [InlineData("64x56x56 cannot replace its output of 128x28x28", "--stochastic-depth", "0.5,bypass", "--depth-scope", "layer2")]
    public void Impossible_stochastic_depth_is_one_line(string says, params string[] arguments) =>
        Assert.Contains(says, CliRun.Of(["summary", "resnet18", .. arguments]).UserError(), StringComparison.Ordinal);
}
