using Espalier.Graphs;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Widths are numbers of channels, also where a unit of removal has several.</summary>
public class ChannelsOfGroupsTests
{
    [Theory(DisplayName = "Faults: --channels --round-to 16 on grouped layers")]
    [InlineData(4, 16, 32)]
    [InlineData(8, 16, 16)]
    [InlineData(4, 1, 16)]
    [InlineData(4, 6, 32)]
    public void Channels_are_rounded_not_groups(int channelsOfGroup, int roundTo, int groups)
    {
        Model model = Grouped(groups, channelsOfGroup);
        PruningResult pruned = model.Prune(new ChannelPruning { Target = PruningTarget.Fraction(0.6), RoundTo = roundTo });
        int left = ((Conv2d)pruned.Model.Graph["grouped"].Op).OutChannels;
        Assert.Equal(0, left % roundTo);
        Assert.InRange(left, (0.4 * groups * channelsOfGroup) - channelsOfGroup, (0.4 * groups * channelsOfGroup) + (roundTo * channelsOfGroup));
        Assert.True(left < groups * channelsOfGroup, "nothing was removed");
        ChannelWidth width = Assert.Single(pruned.Widths, each => each.Before == groups);
        Assert.Equal(left, width.After * width.ChannelsPerUnit);
    }

    [Fact]
    public void A_minimum_width_is_one_of_channels()
    {
        PruningResult pruned = Grouped(16, 4).Prune(new ChannelPruning { Target = PruningTarget.Fraction(1), MinimumWidth = 16 });
        Assert.Equal(16, ((Conv2d)pruned.Model.Graph["grouped"].Op).OutChannels);
    }

    private static Model Grouped(int groups, int channelsOfGroup)
    {
        int channels = groups * channelsOfGroup;
        var net = new GraphBuilder();
        Value x = net.Input(3, 8, 8).Conv2d("first", channels, 1).Conv2d("grouped", channels, 3, padding: 1, groups: groups).Relu("relu").Conv2d("last", 5, 1).GlobalAveragePool("pool").Flatten("flatten");
        Graph graph = net.Build(x);
        return new Model(graph, RandomGraphs.ParametersFor(graph), ModelMetadata.None);
    }
}
