using Espalier.Graphs;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

public sealed class OnnxMetadataTests
{
    private static readonly ModelMetadata Full = new()
    {
        Architecture = "a \"strange\"\nname 犬",
        Labels = ["tench, Tinca tinca", "犬", "a \"b\"\n", ""],
        Preprocessing = Preprocessing.ImageNet with { Interpolation = Interpolation.Bicubic, Normalization = Normalization.Caffe with { MeanImage = [1.5f, -0.1f, float.MaxValue] } },
        Stages = [new Stage("conv1", ["conv1", "bn1"]), new Stage("conv2_x", ["layer1"])],
        Lineage = [new LineageEntry("prune", [new LineageSetting("amount", "0.5")], [new LineageResult("top1", 0.123456789012345), new LineageResult("loss", double.NaN)])],
    };

    public static TheoryData<string> Keys => ["labels", "preprocessing", "stages", "lineage"];

    [Fact]
    public void Metadata_read_back_as_written() => Assert.Equal(Full, Read(File(Full)));

    [Fact]
    public void Empty_metadata_read_back_as_written_and_are_one_entry()
    {
        Assert.Equal(ModelMetadata.None, Read(File(ModelMetadata.None)));
        Assert.Equal(("espalier", "1"), Assert.Single(File(ModelMetadata.None).MetadataProps.Select(entry => (entry.Key, entry.Value))));
    }

    [Fact]
    public void ONNX_Runtime_shows_them_by_key()
    {
        var net = new GraphBuilder();
        Graph graph = net.Build(net.Input([2]).Linear("fc", 4));
        Model model = new(graph, RandomGraphs.ParametersFor(graph), Full);
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(model, folder["net.onnx"]);
        using var oracle = new OnnxRuntimeOracle(folder["net.onnx"]);
        Assert.Equal("[\"tench, Tinca tinca\",\"犬\",\"a \\\"b\\\"\\n\",\"\"]", oracle.Metadata["labels"]);
        Assert.Equal(Full.Architecture, oracle.Metadata["architecture"]);
        Assert.Equal(["architecture", "espalier", "labels", "lineage", "preprocessing", "stages"], oracle.Metadata.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Entries_of_other_tools_are_left_to_them()
    {
        ModelProto file = File(Full);
        file.MetadataProps.RemoveAt(0);
        Assert.Null(Read(file));
        file = File(Full);
        file.MetadataProps.Add(new StringStringEntryProto { Key = "names", Value = "{0: 'dog'}" });
        Assert.Equal(Full, Read(file));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Damaged_entries_are_refused(string key)
    {
        foreach (string value in new[] { "", "{", "null", "3", "[[]]", "{\"a\":1}", "[]}", "[],\"labels\":[]", "\ud800" })
        {
            ModelProto file = File(Full);
            file.MetadataProps.Single(entry => entry.Key == key).Value = value;
            Exception? error = Record.Exception(() => Read(file));
            Assert.True(error is MalformedInputException || (error is null && key == "preprocessing" && value == "null"), $"{value}: {error}");
        }
    }

    [Fact]
    public void Other_versions_and_keys_that_occur_twice_are_refused()
    {
        ModelProto file = File(Full);
        file.MetadataProps[0].Value = "2";
        Assert.Equal("net.onnx: the metadata is of version '2'; this Espalier reads version 1", Assert.Throws<MalformedInputException>(() => Read(file)).Message);
        file = File(Full);
        file.MetadataProps.Add(file.MetadataProps[1]);
        Assert.Equal("net.onnx: the metadata has 'architecture' twice", Assert.Throws<MalformedInputException>(() => Read(file)).Message);
    }

    private static ModelProto File(ModelMetadata metadata)
    {
        var file = new ModelProto();
        file.MetadataProps.AddRange(OnnxMetadata.Write(metadata));
        return file;
    }

    private static ModelMetadata? Read(ModelProto file) => OnnxMetadata.Read(file, "net.onnx", Limits.Default);
}
