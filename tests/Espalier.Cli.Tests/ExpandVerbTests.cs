using System.Text.Json;
using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier.Cli.Tests;

public class ExpandVerbTests
{
    [Fact]
    public void An_expanded_network_predicts_the_same_and_folds_back()
    {
        using var folder = new TemporaryFolder();
        string model = TinyData.WriteModel(folder);
        string expanded = folder.File("expanded.espalier");
        string folded = folder.File("folded.espalier");

        JsonElement expand = CliRun.Of("expand", model, "--block", "dbb", "--scope", "layer3", "layer1.0.conv?", "--gamma", "0.2", "-o", expanded, "--json").Json();
        CliRun.Of("fold", expanded, "-o", folded, "--json").Json();

        Assert.Equal(8, expand.GetProperty("expanded").GetInt32());
        Assert.InRange(expand.GetProperty("verify").GetProperty("relative_difference").GetDouble(), 0, 1e-5);
        Model big = ModelFile.Read(expanded);
        Assert.Equal(8, big.Graph.Nodes.Count(node => node.Name.EndsWith("dbb_origin.conv", StringComparison.Ordinal)));
        Assert.True(big.Graph.TryFind("layer2.0.conv1", out _));
        Assert.Equal(["load", "expand", "fold"], ModelFile.Read(folded).Metadata.Lineage.Select(entry => entry.Action));
        Assert.Equal(CliRun.Of("summary", model, "--folded", "--json").Json().GetProperty("folded").GetProperty("macs").GetInt64(), CliRun.Of("summary", folded, "--json").Json().GetProperty("macs").GetInt64());
    }

    [Fact]
    public void Unknown_blocks_and_useless_scopes_are_refused()
    {
        Assert.Contains("acb, dbb, repvgg or mobileone", CliRun.Of("expand", TinyData.Network, "--block", "xyz", "--dry-run").UserError(), StringComparison.Ordinal);
        Assert.Contains("--scope layer9 matches no convolution", CliRun.Of("expand", TinyData.Network, "--block", "acb", "--scope", "layer9", "--dry-run").UserError(), StringComparison.Ordinal);
    }
}
