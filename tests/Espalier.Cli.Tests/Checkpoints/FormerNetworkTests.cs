using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;

namespace Espalier.Cli.Tests;

/// <summary>Networks as earlier versions built them: their model files still load, because a file has its own graph.</summary>
public sealed class FormerNetworkTests
{
    private const string Network = "mobileone_s0";
    private const long FormerParameters = 5_297_448;

    [Fact(DisplayName = "Faults: model files of MobileOne-S0 with four branches in its first block load; weights alone are refused")]
    public void A_former_model_file_loads()
    {
        using var folder = new TemporaryFolder();
        (string file, string weights) = (folder.File("former.espalier"), folder.File("former.pth"));
        NetworkDefinition former = Former();
        Model model = former.Initialize(1);
        ModelFile.Write(file, model);
        TorchZipWriter.Write(weights, model.ToStateDict());

        Model read = ModelSource.Load(file);
        Assert.Equal(former.Graph, read.Graph);
        Assert.Equal(FormerParameters, Parameters(read.Graph));
        Assert.True(Parameters(Zoo.Create(Network).Graph) < FormerParameters);
        Assert.Equal(ExitCode.Success, CliRun.Of("fold", file, "--verify", "random", "-o", folder.File("folded.espalier")).Code);
        Assert.Contains("unexpected", CliRun.Of("convert", weights, folder.File("x.espalier"), "--model", Network).UserError(), StringComparison.Ordinal);
    }

    private static long Parameters(Graph graph) => graph.Parameters.Where(parameter => !parameter.Value.IsBuffer).Sum(parameter => parameter.Value.Shape.Count);

    /// <summary>The network with the first block of earlier versions.</summary>
    private static NetworkDefinition Former()
    {
        NetworkDefinition today = Zoo.Create(Network);
        Graph graph = today.Graph;
        int channels = ((Conv2d)graph.Nodes.First(node => node.Op is Conv2d).Op).OutChannels;
        Value block = new GraphBuilder().Input(graph.ShapeOf(graph.Input.Name), graph.Input.Name)
            .In("stage0", x => x.MobileOneBranches(new(channels) { Stride = 2 }, copies: 4).Relu("activation"));
        Node[] first = [.. block.Builder.Build(block).Nodes];
        return today with { Graph = new Graph([.. first, .. graph.Nodes.Where(node => node.Name != graph.Input.Name && !node.Name.StartsWith("stage0.", StringComparison.Ordinal))], graph.Outputs) };
    }
}
