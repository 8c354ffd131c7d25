using Espalier.Graphs;
using Espalier.Models;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Onnx.Tests;

public sealed class ExternalDataTests
{
    private static readonly Model Small = Create();

    [Fact]
    public void Parameters_in_a_second_file_answer_the_same_in_ONNX_Runtime()
    {
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(Small, folder["net.onnx"], new() { ExternalData = true });
        Assert.Equal(["net.onnx", "net.onnx.data"], folder.Files);
        Assert.True(new FileInfo(folder["net.onnx"]).Length < 100_000);
        Assert.Equal([], OffsetsOutOfPlace(folder["net.onnx"]));
        ExportCheck.Reference(Small, new() { ExternalData = true }, 2);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, true)]
    public void A_file_larger_than_the_limit_gets_external_data_and_one_of_the_limit_does_not(int less, bool isExternal)
    {
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(Small, folder["net.onnx"]);
        long size = new FileInfo(folder["net.onnx"]).Length;
        OnnxWriter.Write(Small, folder["other.onnx"], new() { LargestFile = size + less });
        Assert.Equal(isExternal, File.Exists(folder["other.onnx.data"]));
    }

    [Fact]
    public void A_stream_takes_no_external_data()
    {
        using var stream = new MemoryStream();
        Assert.Contains("a second file", Assert.Throws<EspalierException>(() => OnnxWriter.Write(Small, stream, new() { ExternalData = true })).Message, StringComparison.Ordinal);
        Assert.Contains("needs external data", Assert.Throws<EspalierException>(() => OnnxWriter.Write(Small, stream, new() { LargestFile = 1000 })).Message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void Nothing_is_left_where_one_of_the_files_cannot_be_written()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["net.onnx.data"]);
        Assert.Throws<EspalierException>(() => OnnxWriter.Write(Small, folder["net.onnx"], new() { ExternalData = true }));
        Assert.Equal(["net.onnx.data"], folder.Files);
        Directory.CreateDirectory(folder["other.onnx"]);
        Assert.Throws<EspalierException>(() => OnnxWriter.Write(Small, folder["other.onnx"], new() { ExternalData = true }));
        Assert.Equal(["net.onnx.data", "other.onnx"], folder.Files);
    }

    private static IEnumerable<string> OffsetsOutOfPlace(string path)
    {
        long length = new FileInfo(path + ".data").Length;
        return from tensor in ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Initializer
               where tensor.DataLocation == TensorProto.Types.DataLocation.External
               let entries = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value)
               let offset = long.Parse(entries["offset"])
               where offset % 4096 != 0 || offset + long.Parse(entries["length"]) > length || entries["location"] != "net.onnx.data"
               select tensor.Name;
    }

    private static Model Create()
    {
        NetworkDefinition definition = Zoo.Create("cifar_resnet20");
        return definition.With(RandomGraphs.ParametersFor(definition.Graph));
    }
}
