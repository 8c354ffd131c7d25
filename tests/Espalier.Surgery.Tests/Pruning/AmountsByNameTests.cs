using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Surgery.Tests.Pruning;

/// <summary>Every layer, and every group of channels, can lose a share of its own.</summary>
public sealed class AmountsByNameTests
{
    private static readonly Model s_network = Zoo.Create("cifar_resnet20").Initialize(7);
    private static readonly WeightPruning s_weights = new();
    private static readonly ChannelPruning s_channels = new();

    [Fact]
    public void Layers_lose_their_own_shares_and_the_others_nothing()
    {
        PruningResult report = s_network.Prune(s_weights with { Target = PruningTarget.Amounts([new("layer1.0.conv1.weight", 0.25), new("layer2.1.conv2.weight", 0), new("linear.weight", 0.75)]) });

        Assert.Equal([("layer1.0.conv1.weight", 0.25), ("linear.weight", 0.75)], report.Parameters.Select(row => (row.Name, Math.Round(row.Sparsity, 4))));
        Assert.Equal(["layer1.0.conv1.weight", "linear.weight"], report.Model.Parameters.Where(parameter => parameter.Value.Mask is not null).Select(parameter => parameter.Key));
        Assert.Contains(new LineageSetting("amount", "layer1.0.conv1.weight 25%, layer2.1.conv2.weight 0%, linear.weight 75%"), report.Model.Metadata.Lineage[^1].Settings);
    }

    [Fact]
    public void A_share_is_of_what_is_left_and_as_good_as_a_pruning_of_its_own()
    {
        Model once = s_network.Prune(s_weights with { Target = PruningTarget.Amounts([new("layer1.0.conv1.weight", 0.5)]) }).Model;
        Model twice = once.Prune(s_weights with { Target = PruningTarget.Amounts([new("layer1.0.conv1.weight", 0.5)]) }).Model;
        Model alone = s_network.Prune(new WeightPruning { Target = PruningTarget.Fraction(0.75), Scopes = ["layer1.0.conv1"] }).Model;

        Assert.True(alone.Parameters["layer1.0.conv1.weight"].Mask!.BitEquals(twice.Parameters["layer1.0.conv1.weight"].Mask!));
    }

    [Fact]
    public void What_a_scan_finds_can_be_pruned()
    {
        SensitivityScan layers = SensitivityScan.OfWeights(s_network, [0.5, 0.9], s_weights, model => -Lost(model));
        PruningResult report = s_network.Prune(s_weights with { Target = PruningTarget.Amounts([.. layers.AmountsWithin(3000)]) }); // 90% of layer1, half of layer2's first, nothing of what is larger
        Assert.NotEmpty(report.Parameters);
        Assert.All(report.Parameters, row => Assert.True(row.Removed <= 3000, row.Name));

        SensitivityScan groups = SensitivityScan.OfChannels(s_network, [0.5, 0.75], s_channels, _ => 0);
        PruningResult narrow = s_network.Prune(s_channels with { Target = PruningTarget.Amounts([.. groups.AmountsWithin(0)]) });
        Assert.All(narrow.Widths, width => Assert.Equal(width.Before / 4, width.After));
    }

    [Fact]
    public void Groups_lose_their_own_shares_and_the_others_nothing()
    {
        PruningResult pruning = s_network.Prune(s_channels with { Target = PruningTarget.Amounts([new("layer1.0.conv1", 0.5), new("layer3.2.conv1", 0.25)]), MinimumWidth = 12 });

        Assert.Equal(12, pruning.Widths.Single(width => width.Group == "layer1.0.conv1").After); // the minimum
        Assert.Equal(48, pruning.Widths.Single(width => width.Group == "layer3.2.conv1").After);
        Assert.Equal(4 + 16, pruning.RemovedChannels.Length);
        Assert.Equal(20.0 / pruning.Widths.Sum(width => width.Before), pruning.Amount, 1e-12);
        Assert.Contains(new LineageSetting("amount", "layer1.0.conv1 50%, layer3.2.conv1 25%"), pruning.Model.Metadata.Lineage[^1].Settings);
    }

    [Fact]
    public void The_lineage_tells_all_that_a_removal_of_channels_was_asked_for()
    {
        ChannelPruning options = s_channels with
        {
            Criterion = PruningCriteria.Random,
            Seed = 9,
            Ranking = ChannelRanking.Normalized,
            Aggregate = ChannelAggregate.Max,
            Grouped = GroupedChannels.EvenlyPerGroup,
            MinimumWidth = 4,
            RoundTo = 2,
            Scopes = ["layer1", "layer2"],
            Exclude = ["layer1.0"],
            FoldsConstants = false,
        };
        (string Name, string Value)[] expected =
        [
            ("granularity", "channels"), ("method", "random"), ("ranking", "normalized"), ("aggregate", "max"), ("grouped", "evenlypergroup"), ("carries_constants", "false"),
            ("minimum_width", "4"), ("round_to", "2"), ("scope", "layer1 layer2"), ("exclude", "layer1.0"), ("seed", "9"),
        ];

        Assert.Empty(expected.Append(("target", "none")).Append(("amount", "0.5")).Except(Settings(s_network.Prune(options with { Target = PruningTarget.Fraction(0.5) }))));
        Assert.Empty(expected.Append(("target", "0.9 multiply-accumulates")).Except(Settings(s_network.Prune(options with { Target = PruningTarget.AtMostShare(PruningMeasure.MultiplyAccumulates, 0.9) }))));
        Assert.Empty(expected.Append(("target", "0.9 parameters")).Except(Settings(s_network.Prune(options with { Target = PruningTarget.AtMostShare(PruningMeasure.Parameters, 0.9) }))));
        Assert.Empty(expected.Append(("target", "7.5 ms")).Except(Settings(s_network.Prune(options with { Target = PruningTarget.AtMost(new PruningMeasure("ms", _ => 7), 7.5) }))));
    }

    [Fact]
    public void Impossible_requests_name_the_layer_and_what_would_work()
    {
        Assert.Equal("layer1.0.conv3.weight: no such parameter; did you mean layer1.0.conv1.weight, layer1.0.conv2.weight, layer1.1.conv1.weight or layer1.1.conv2.weight?", Refused(s_weights with { Target = PruningTarget.Amounts([new("layer1.0.conv3.weight", 0.5)]) }));
        Assert.Equal("layer1.0.conv1: is a layer, expected a parameter such as layer1.0.conv1.weight, or channel pruning", Refused(s_weights with { Target = PruningTarget.Amounts([new("layer1.0.conv1", 0.5)]) }));
        Assert.Equal("conv1.weight: expected an amount from 0 to 1, found 1.5", Refused(s_weights with { Target = PruningTarget.Amounts([new("conv1.weight", 1.5)]) }));
        Assert.Equal("conv1.weight: expected one amount, found two", Refused(s_weights with { Target = PruningTarget.Amounts([new("conv1.weight", 0.5), new("conv1.weight", 0.5)]) }));
        WeightPruning half = s_weights with { Target = PruningTarget.Amounts([new("conv1.weight", 0.5)]) };
        foreach (WeightPruning options in (WeightPruning[])[half with { IsGlobal = true }, half with { Distribution = AmountDistribution.ErdosRenyiKernel }])
        {
            Assert.StartsWith("amounts of layers: each layer is ranked separately", Refused(options), StringComparison.Ordinal);
        }

        Assert.Contains("conv9: no such group of channels; did you mean", Assert.Throws<PruningException>(() => s_network.Prune(s_channels with { Target = PruningTarget.Amounts([new("layer1.0.conv9", 0.5)]) })).Message, StringComparison.Ordinal);
    }

    private static string Refused(WeightPruning options) => Assert.Throws<PruningException>(() => s_network.Prune(options)).Message;

    private static double Lost(Model model) => NonZeros.Of(s_network) - NonZeros.Of(model);

    private static IEnumerable<(string Name, string Value)> Settings(PruningResult pruning) => pruning.Model.Metadata.Lineage[^1].Settings.Select(setting => (setting.Name, setting.Value));
}
