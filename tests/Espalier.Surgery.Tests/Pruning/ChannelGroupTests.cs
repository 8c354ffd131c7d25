using System.Diagnostics;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Which channels go together, read off small graphs by hand and off the zoo's networks.</summary>
public class ChannelGroupTests
{
    [Fact]
    public void Every_op_has_a_rule()
    {
        foreach (OpSample sample in AllOps.Samples)
        {
            ChannelGroups groups = ChannelGroups.Find(sample.ToGraph());
            Assert.Empty(groups.Units.Where(unit => unit.Channels.Any(channel => IsOutput(groups, channel)))); // an op alone is input and output
        }
    }

    [Fact]
    public void A_shortcut_joins_what_it_adds()
    {
        ChannelGroups groups = Groups(x =>
        {
            Value stem = x.Conv2d("stem", 6, 3, padding: 1).BatchNorm("bn");
            return stem.Add("add", stem.Conv2d("a", 4, 3, padding: 1).Relu("act").Conv2d("b", 6, 3, padding: 1)).Conv2d("end", 2, 1);
        });

        Assert.Equal(["stem: 6 wide; made by stem, b; read by a, end", "a: 4 wide; made by a; read by b"], groups.Groups.Select(group => group.ToString()));
        Assert.Equal("'end' is an output", groups.Fixed["end"]);
    }

    [Fact]
    public void Whole_groups_or_equally_many_of_each_leave_a_grouped_convolution()
    {
        ChannelGroups Find(GroupedChannels grouped) =>
            Groups(x => x.Conv2d("in", 8, 1).Conv2d("grouped", 12, 3, groups: 2).Conv2d("end", 2, 1), grouped);

        Assert.Equal([(2)], Find(GroupedChannels.WholeGroups).Groups.Select(group => group.Width));
        Assert.Equal([4, 6], Find(GroupedChannels.EvenlyPerGroup).Groups.Select(group => group.Width));
        Assert.Equal([4, 6], Find(GroupedChannels.Automatic).Groups.Select(group => group.Width));
    }

    [Fact]
    public void Depthwise_convolutions_pass_channels_on()
    {
        ChannelGroups groups = Groups(x => x.Conv2d("expand", 8, 1).Conv2d("depthwise", 8, 3, groups: 8).BatchNorm("bn").Conv2d("project", 2, 1));

        Assert.Equal("expand: 8 wide; made by expand; read by project", Assert.Single(groups.Groups).ToString());
    }

    [Fact]
    public void A_flattened_channel_is_a_block_of_features()
    {
        ChannelGroups groups = Groups(x => x.Conv2d("conv", 5, 1).Flatten("flatten").Linear("hidden", 7).Relu("relu").Linear("fc", 3));

        Assert.Equal(["conv", "hidden"], groups.Groups.Select(group => group.Name));
        Assert.All(groups.Groups[0].Units, unit => Assert.Equal(1 + 1 + 36 + 36, unit.Channels.Length)); // result, weight row, features, weight columns
    }

    [Fact]
    public void Channels_that_are_computed_from_their_neighbours_stay()
    {
        ChannelGroups groups = Groups(x =>
        {
            Value conv = x.Conv2d("conv", 5, 1).Relu("act").Conv2d("gated", 6, 3, padding: 1);
            return conv.Multiply("gate", conv.GlobalAveragePool("mean").ChannelConv1d("eca", 3).Sigmoid("sigmoid")).Conv2d("end", 2, 1);
        });

        Assert.Equal([("conv", 5)], groups.Groups.Select(group => (group.Name, group.Width)));
        Assert.Equal("'eca' computes each channel from its neighbours", groups.Fixed["gated"]);
    }

    [Fact]
    public void A_channel_leaves_all_groups_of_a_softmax_across_them()
    {
        ChannelGroups groups = Groups(x => x.Conv2d("conv", 6, 1).GlobalAveragePool("mean").RadixSoftmax("softmax", 3).Conv2d("end", 2, 1));

        Assert.Equal("conv: 2 wide; made by conv; read by end", Assert.Single(groups.Groups).ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_slope_for_all_channels_is_in_no_group(bool perChannel)
    {
        ChannelGroups groups = Groups(x => x.Conv2d("conv", 6, 1).PRelu("relu", perChannel).Conv2d("end", 2, 1));

        Assert.Equal("conv: 6 wide; made by conv; read by end", Assert.Single(groups.Groups).ToString());
    }

    [Fact]
    public void Padded_channels_go_with_what_is_added_to_them()
    {
        ChannelGroups groups = Groups(x =>
        {
            Value narrow = x.Conv2d("narrow", 4, 1);
            return narrow.PadChannels("pad", 1, 2).Add("add", narrow.Conv2d("wide", 7, 1)).Conv2d("end", 2, 1);
        });

        Assert.Equal([("narrow", 4), ("wide", 3)], groups.Groups.Select(group => (group.Name, group.Width)));
    }

    [Theory]
    [InlineData("resnet152", 3e6)]
    [InlineData("densenet121", 3e6)]
    public void Large_networks_take_seconds(string name, double mostUnits)
    {
        Graph graph = Zoo.Create(name).Graph;
        long start = Stopwatch.GetTimestamp();
        ChannelGroups groups = ChannelGroups.Find(graph);
        TimeSpan time = Stopwatch.GetElapsedTime(start);

        Assert.InRange(groups.Units.Length, 1000, mostUnits);
        Assert.InRange(time.TotalSeconds, 0, 20); // 2 s are wanted of an idle machine; this one may be busy
        Assert.Equal(groups.Groups.Select(group => group.ToString()), ChannelGroups.Find(graph).Groups.Select(group => group.ToString()));
    }

    private static bool IsOutput(ChannelGroups groups, int channel) => groups.Spaces.Any(space =>
        !space.IsParameter && groups.Graph.Outputs.Contains(space.Name) && channel >= space.First && channel < space.First + space.Count);

    private static ChannelGroups Groups(Func<Value, Value> build, GroupedChannels grouped = default)
    {
        var net = new GraphBuilder();
        return ChannelGroups.Find(net.Build(build(net.Input(3, 6, 6))), grouped);
    }
}
