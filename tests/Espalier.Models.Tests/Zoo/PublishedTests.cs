using Espalier.Testing;
using Espalier.Graphs;

namespace Espalier.Models.Tests;

/// <summary>Every network of the zoo against published.tsv: depth, exact counts, and what papers and the usual tables print.</summary>
public sealed class PublishedTests
{
    private static readonly string[][] Rows = [.. Table.Rows(Path.Combine(AppContext.BaseDirectory, "published.tsv"))];

    public static TheoryData<string> Names => [.. Rows.Select(row => row[0])];

    [Fact]
    public void The_table_holds_every_network_of_the_zoo() =>
        Assert.Equal(Zoo.Names.Order(StringComparer.Ordinal), Rows.Select(row => row[0]).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_has_its_published_depth_parameters_and_multiply_accumulates(string name)
    {
        string[] row = Rows.Single(row => row[0] == name);
        NetworkSummary summary = Zoo.Create(name).Summarize();
        Assert.Equal((int.Parse(row[1]), long.Parse(row[2]), long.Parse(row[3])), (summary.Depth, summary.Parameters, summary.MultiplyAccumulates));
        Near(row[4], summary.Parameters / 1e6, row[6]);
        Near(row[5], summary.MultiplyAccumulates / 1e9, row[6]);
    }

    [Fact(DisplayName = "Faults: mobileone_s0 has one branch in its first block: 5,293,272 parameters")]
    public void The_first_block_of_MobileOne_has_one_branch_whatever_the_number_of_copies()
    {
        NetworkDefinition definition = Zoo.Create("mobileone_s0");
        Assert.Equal(5_293_272, definition.Summarize().Parameters);
        Assert.Equal(["stage0.rbr_conv.0.conv", "stage0.rbr_scale.conv"], definition.Graph.InScope("stage0").Where(node => node.Op is Conv2d).Select(node => node.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_stages_hold_every_node_but_the_input_once(string name)
    {
        NetworkDefinition definition = Zoo.Create(name);
        NetworkSummary summary = definition.Summarize();
        Assert.Equal(definition.Graph.Nodes.Length - 1, summary.Stages.Sum(stage => stage.Nodes));
        Assert.Equal(summary.Parameters, summary.Stages.Sum(stage => stage.Parameters));
        foreach (Node node in definition.Graph.Nodes.Where(node => node.Op is not Input && definition.Metadata.Stages.Count > 0))
        {
            Assert.Single(definition.Metadata.Stages, stage => stage.Contains(node.Name));
        }
    }

    private static void Near(string published, double found, string tolerance)
    {
        if (published != "-")
        {
            double expected = double.Parse(published);
            Assert.InRange(found, expected * (1 - double.Parse(tolerance)), expected * (1 + double.Parse(tolerance)));
        }
    }
}
