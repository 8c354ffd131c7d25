using Espalier.Graphs;
using Espalier.Models;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;
using Google.Protobuf;

namespace Espalier.Onnx.Tests;

public sealed class ExternalDataTests
{
    private static readonly Model Small = Create();
    private static readonly Model Other = Changed(Small);

    [Fact]
    public void Parameters_in_a_second_file_answer_the_same_in_ONNX_Runtime()
    {
        using var folder = new TemporaryFolder();
        OnnxWriter.Write(Small, folder["net.onnx"], new() { ExternalData = true });
        Assert.Equal(["net.onnx", DataName(folder["net.onnx"])], folder.Files);
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
        Assert.Equal(isExternal, folder.Files.Any(name => name.StartsWith("other.onnx.", StringComparison.Ordinal) && name.EndsWith(".data", StringComparison.Ordinal)));
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
        OnnxWriter.Write(Small, folder["net.onnx"], new() { ExternalData = true });
        string data = DataName(folder["net.onnx"]);
        File.Delete(folder["net.onnx"]);
        File.Delete(folder[data]);
        Directory.CreateDirectory(folder[data]);
        Assert.Throws<EspalierException>(() => OnnxWriter.Write(Small, folder["net.onnx"], new() { ExternalData = true }));
        Assert.Equal([data], folder.Files);
        Directory.CreateDirectory(folder["other.onnx"]);
        Assert.Throws<EspalierException>(() => OnnxWriter.Write(Small, folder["other.onnx"], new() { ExternalData = true }));
        Assert.Equal([data, "other.onnx"], folder.Files);
    }

    [Fact]
    public void An_old_file_never_reads_the_parameters_of_a_new_one()
    {
        using var folder = new TemporaryFolder();
        string path = folder["net.onnx"];
        OnnxWriter.Write(Small, path, new() { ExternalData = true });
        string first = DataName(path);
        byte[] graph = File.ReadAllBytes(path), parameters = File.ReadAllBytes(folder[first]);
        OnnxWriter.Write(Other, path, new() { ExternalData = true });
        string second = DataName(path);
        Assert.Equal(Expected("net.onnx", second), folder.Files);
        Assert.Equal(Values(Other), Values(OnnxReader.Read(path).Model));

        // What a kill leaves before the graph is renamed: the old graph, and both files of parameters. It reads its own.
        File.WriteAllBytes(path, graph);
        Assert.Contains("not beside the model", Assert.Throws<MalformedInputException>(() => OnnxReader.Read(path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(folder[first], parameters);
        Assert.Equal(Values(Small), Values(OnnxReader.Read(path).Model));

        // The next writing clears up, and the same model has the same bytes.
        OnnxWriter.Write(Other, path, new() { ExternalData = true });
        Assert.Equal(Expected("net.onnx", second), folder.Files);
        OnnxWriter.Write(Small, path, new() { ExternalData = true });
        Assert.Equal(graph, File.ReadAllBytes(path));
        Assert.Equal(parameters, File.ReadAllBytes(folder[first]));
        OnnxWriter.Write(Small, path, new() { ExternalData = true });
        Assert.Equal(Expected("net.onnx", first), folder.Files);
    }

    [Theory]
    [InlineData("net.onnx.data", false)]
    [InlineData("shared.data", true)]
    [InlineData("net.onnx.0123456789ABCDEF.data", true)]
    public void Only_parameters_under_a_name_of_this_library_are_deleted_with_their_file(string name, bool stays)
    {
        using var folder = new TemporaryFolder();
        string path = folder["net.onnx"];
        OnnxWriter.Write(Small, path, new() { ExternalData = true });
        File.Move(folder[DataName(path)], folder[name]);
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        foreach (StringStringEntryProto entry in model.Graph.Initializer.SelectMany(tensor => tensor.ExternalData).Where(entry => entry.Key == "location"))
        {
            entry.Value = name;
        }

        File.WriteAllBytes(path, model.ToByteArray());
        OnnxWriter.Write(Other, path, new() { ExternalData = true });
        Assert.Equal(stays, File.Exists(folder[name]));
    }

    private static string[] Expected(params string[] names) => [.. names.Order(StringComparer.Ordinal)];

    private static string DataName(string path) =>
        ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Initializer.SelectMany(tensor => tensor.ExternalData).Where(entry => entry.Key == "location").Select(entry => entry.Value).Distinct().Single();

    private static float[] Values(Model model) => [.. model.Parameters.Values.Where(parameter => parameter.Value.Type == ElementType.Float32).SelectMany(parameter => parameter.Value.Read<float>().ToArray())];

    private static IEnumerable<string> OffsetsOutOfPlace(string path)
    {
        string data = DataName(path);
        long length = new FileInfo(Path.Combine(Path.GetDirectoryName(path)!, data)).Length;
        return from tensor in ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Initializer
               where tensor.DataLocation == TensorProto.Types.DataLocation.External
               let entries = tensor.ExternalData.ToDictionary(entry => entry.Key, entry => entry.Value)
               let offset = long.Parse(entries["offset"])
               where offset % 4096 != 0 || offset + long.Parse(entries["length"]) > length || entries["location"] != data
               select tensor.Name;
    }

    private static Model Create()
    {
        NetworkDefinition definition = Zoo.Create("cifar_resnet20");
        return definition.With(RandomGraphs.ParametersFor(definition.Graph));
    }

    /// <summary>The same network with other parameters.</summary>
    private static Model Changed(Model model) => model.With(Parameters.From(model.Parameters.Select(parameter => KeyValuePair.Create(
        parameter.Key,
        new Parameter(CounterFill.Parameter("other." + parameter.Key, parameter.Value.Value.Shape)) { Trainable = parameter.Value.Trainable }))));
}
