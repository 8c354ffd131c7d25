using Espalier.Execution;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Surgery.Tests;

/// <summary>Checkpoints of blocks with their authors' names and meanings load into this library's blocks and compute the same.</summary>
public class AuthorBlocksTests
{
    private const double Tolerance = 1e-5;

    [Theory(DisplayName = "Faults: a DBB block of the authors' code, whose idconv1.weight is a deviation from the identity, and a depthwise one")]
    [InlineData("dbb", 8, 3, 2, 1)]
    [InlineData("dbb_grouped", 8, 5, 1, 2)]
    [InlineData("dbb_depthwise", 6, 3, 1, 6)]
    public void A_checkpoint_of_the_authors_code_computes_the_same(string name, int channels, int kernel, int stride, int groups)
    {
        StateDict theirs = CheckpointReader.Read(OracleFiles.Path($"blocks/{name}.pth")).StateDict;
        Tensor input = NumpyFile.Read(OracleFiles.Path($"blocks/{name}.x.npy"));
        Tensor expected = NumpyFile.Read(OracleFiles.Path($"blocks/{name}.y.npy"));
        var net = new GraphBuilder();
        var options = new MultiBranchOptions(channels) { Kernel = kernel, Stride = stride, Groups = groups };
        var network = new NetworkDefinition(net.Build(net.Input(input.Shape.WithoutFirst()).DiverseBranchBlock("block", options)), ModelMetadata.None);
        var notes = new List<string>();

        Model model = network.Load(theirs, new LoadingOptions { Note = notes.Add });
        Model renamed = network.Load(theirs, new RenameRule(@"\.bn\.bn\.", ".bn."), new RenameRule(@"\.bn1\.bn\.", ".bn1."));
        Model again = network.Load(model.ToStateDict());

        foreach (Model each in new[] { model, renamed, again, model.Apply(FoldingNet.Fold) })
        {
            Assert.InRange(Difference.Relative(expected, ReferenceExecutor.Run(each, input)), 0, Tolerance);
        }

        Assert.Equal(groups < channels ? 1 : 0, notes.Count(note => note.Contains("deviations from the identity", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "Faults: a folded RepVGG keeps rbr_dense.conv; MobileOne likewise")]
    public void A_folded_network_loads_as_the_deployed_one()
    {
        foreach (string name in new[] { "repvgg_a0", "mobileone_s0" })
        {
            NetworkDefinition trained = Zoo.Create(name, new ZooOptions { InputSize = (32, 32) });
            Model folded = new Model(trained.Graph, RandomGraphs.ParametersFor(trained.Graph), trained.Metadata).Apply(FoldingNet.Fold); // norms that shift, as trained ones do
            Model deployed = Zoo.Create($"{name}_deploy", new ZooOptions { InputSize = (32, 32) }).Load(folded.ToStateDict());
            Assert.Equal(folded.Parameters.Values.Sum(parameter => (double)parameter.Value.Read<float>()[0]), deployed.Parameters.Values.Sum(parameter => (double)parameter.Value.Read<float>()[0]), 1e-9);
        }
    }

    [Fact(DisplayName = "Faults: RepVGG's squeeze and excitation is down/up in the authors' code")]
    public void Squeeze_and_excitation_of_RepVgg_has_the_authors_names_too()
    {
        NetworkDefinition network = RepVgg.Create(new RepVggOptions { Blocks = [1, 1, 1, 1], Widths = [0.25, 0.25, 0.25, 0.25], SqueezeExcitation = true, Input = new(3, 32, 32) });
        Model model = network.Initialize(2);
        var theirs = new StateDict(model.ToStateDict().Select(entry => KeyValuePair.Create(entry.Key.Replace(".se.reduce.", ".se.down.", StringComparison.Ordinal).Replace(".se.expand.", ".se.up.", StringComparison.Ordinal), entry.Value)));
        Assert.Contains("stage0.se.down.weight", theirs.Names);

        Model loaded = network.Load(theirs);

        Assert.All(model.Parameters, parameter => Assert.True(parameter.Value.Value.BitEquals(loaded.Parameters[parameter.Key].Value), parameter.Key));
    }
}
