using Espalier.Graphs;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

/// <summary>What PyTorch 1.13 writes (tests/oracle/onnx_files.py).</summary>
public sealed class ExportedByTorchTests
{
    private const string StateDictNames =
        "conv1.weight bn1.weight bn1.bias layer1.0.conv1.weight layer1.0.bn1.weight layer2.0.downsample.0.weight layer2.0.downsample.1.running_mean layer2.1.conv2.weight fc.weight fc.bias";

    public static TheoryData<string> Files => [.. Directory.GetFiles(OracleFiles.Path("onnx"), "*.onnx").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void It_answers_as_in_ONNX_Runtime(string name) =>
        ImportCheck.Agrees(OracleFiles.Path($"onnx/{name}.onnx"), batch: name is "residual_7" or "residual_norms_13" ? 1 : name is "shuffle_7" or "pools_10" ? 2 : 3);

    [Fact]
    public void Names_are_those_of_the_state_dict()
    {
        OnnxImport import = OnnxReader.Read(OracleFiles.Path("onnx/residual_norms_13.onnx"));
        Assert.All(StateDictNames.Split(' '), name => Assert.Contains(name, import.Model.Parameters.Keys));
        Assert.DoesNotContain(import.Model.Graph.Nodes, node => node.Op is Dropout);
    }

    [Fact]
    public void Names_of_layers_whose_batch_norms_were_folded_are_their_scopes()
    {
        OnnxImport import = OnnxReader.Read(OracleFiles.Path("onnx/residual_17.onnx"));
        Assert.Contains("layer2.0.downsample.0", import.Model.Graph.Nodes.Select(node => node.Name));
        Assert.Equal("import", Assert.Single(import.Model.Metadata.Lineage).Action);
    }

    [Theory]
    [InlineData("shuffle_7")]
    [InlineData("shuffle_17")]
    public void A_channel_shuffle_is_one_op(string name)
    {
        OnnxImport import = OnnxReader.Read(OracleFiles.Path($"onnx/{name}.onnx"));
        Assert.Equal("conv2d channel_slice channel_slice conv2d relu conv2d concat channel_shuffle adaptive_average_pool flatten linear", ImportCheck.Kinds(import));
    }

    [Fact]
    public void A_tied_convolution_shares_its_weight()
    {
        OnnxImport import = OnnxReader.Read(OracleFiles.Path("onnx/odd_11.onnx"));
        Assert.Equal(2, import.Model.Graph.Nodes.Count(node => node.Op is Conv2d));
        Assert.Equal(2, import.Model.Parameters.Count(parameter => parameter.Key.StartsWith("conv.", StringComparison.Ordinal)));
    }
}
