using System.Diagnostics;
using Espalier.Onnx.Proto;
using Espalier.Tensors;
using Espalier.Testing;
using Google.Protobuf;

namespace Espalier.Onnx.Tests;

/// <summary>Damaged and hostile files end in the one error, in bounded time and memory.</summary>
public sealed class MalformedFileTests
{
    private const long MostBytes = 512 << 20;

    [Theory]
    [InlineData("shuffle_17")]
    [InlineData("pools_11")]
    public void Every_truncation_and_every_damaged_byte_is_one_error_or_none(string name)
    {
        byte[] file = File.ReadAllBytes(OracleFiles.Path($"onnx/{name}.onnx"));
        for (int i = 0; i < file.Length; i += 7)
        {
            Survives(file[..i]);
        }

        for (int i = 0; i < file.Length; i += 3)
        {
            byte[] damaged = [.. file];
            damaged[i] ^= (byte)(1 << (i % 8));
            Survives(damaged);
        }
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "a cycle", "in a circle" },
        { "a missing input", "which nothing computes" },
        { "a name twice", "it has that name already" },
        { "a tensor twice", "two tensors have the name" },
        { "a missing output", "is computed by no node" },
        { "a negative extent", "expected at most 32 extents of at least 0" },
        { "a huge extent", "larger than the limit" },
        { "few values", "takes 108 values, but it has 0" },
        { "few bytes", "takes 432 bytes, but it has 4" },
        { "segments", "stored in segments" },
        { "a sparse tensor", "stored as a sparse tensor" },
        { "text", "is of type String" },
        { "no graph", "no graph of nodes" },
        { "recursive functions", "more deeply or more often than the limit" },
        { "many constants", "more constants than the limit" },
        { "an input as output", "is its input" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_named(string fault, string expected)
    {
        var net = new HandMade();
        string x = net.Conv("x", 3, 4);
        TensorProto weight = net.Graph.Initializer[0];
        NodeProto conv = net.Graph.Node[0];
        ModelProto model = net.Build(fault == "an input as output" ? "x" : fault == "a missing output" ? "nothing" : x);
        switch (fault)
        {
            case "a cycle":
                conv.Input[0] = x;
                break;
            case "a missing input":
                conv.Input[0] = "nothing";
                break;
            case "a name twice":
                net.Graph.Node.Add(conv.Clone());
                break;
            case "a tensor twice":
                net.Graph.Initializer.Add(weight.Clone());
                break;
            case "a negative extent":
                weight.Dims[0] = -4;
                break;
            case "a huge extent":
                weight.Dims[0] = int.MaxValue;
                break;
            case "few values":
                weight.ClearRawData();
                break;
            case "few bytes":
                weight.RawData = ByteString.CopyFrom(1, 2, 3, 4);
                break;
            case "segments":
                weight.Segment = new TensorProto.Types.Segment { Begin = 0, End = 1 };
                break;
            case "a sparse tensor":
                net.Graph.SparseInitializer.Add(new SparseTensorProto());
                break;
            case "text":
                weight.DataType = (int)TensorProto.Types.DataType.String;
                break;
            case "no graph":
                model.Graph = null;
                break;
            case "recursive functions":
                var function = new FunctionProto { Name = "f", Domain = "d" };
                function.Node.AddRange([new NodeProto { OpType = "f", Domain = "d" }, new NodeProto { OpType = "f", Domain = "d" }]);
                model.Functions.Add(function);
                net.Node("d", "f", []);
                break;
            case "many constants":
                string large = net.Node("ConstantOfShape", [net.Ints(1 << 14, 1 << 14)]);
                conv.Input[1] = large;
                break;
        }

        Assert.Contains(expected, Assert.ThrowsAny<EspalierException>(() => OnnxReader.Read(model.ToByteArray(), "model.onnx")).Message, StringComparison.Ordinal);
    }

    /// <summary>CVE-2022-25882, CVE-2024-27318, CVE-2024-5187: external data outside the model's folder.</summary>
    [Theory]
    [InlineData("../secret.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\secret.bin")]
    [InlineData("a/../../secret.bin")]
    [InlineData("C:\\secret.bin")]
    [InlineData("")]
    [InlineData("link.bin")]
    [InlineData("linked/secret.bin")]
    [InlineData("two_links.bin")]
    [InlineData("up.bin")]
    [InlineData("sub/further/secret.bin")]
    public void External_data_lies_in_the_folder(string location)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["model"]);
        folder.Write("secret.bin", new byte[432]);
        File.CreateSymbolicLink(folder["model/link.bin"], folder["secret.bin"]);
        Directory.CreateSymbolicLink(folder["model/linked"], folder.Path);
        Directory.CreateDirectory(folder["other"]);
        folder.Write("other/secret.bin", new byte[432]);
        Directory.CreateSymbolicLink(folder["model/behind"], folder["other"]);
        File.CreateSymbolicLink(folder["model/two_links.bin"], "behind/secret.bin");
        File.CreateSymbolicLink(folder["model/up.bin"], "behind/../secret.bin");
        folder.Write("model/secret.bin", new byte[432]); // what "up" would be if the dots were taken out before the link is followed
        Directory.CreateDirectory(folder["model/sub"]);
        Directory.CreateSymbolicLink(folder["model/sub/further"], "../behind");
        string path = folder["model/model.onnx"];
        File.WriteAllBytes(path, External(location, "0", "432"));
        MalformedInputException error = Assert.Throws<MalformedInputException>(() => OnnxReader.Read(path));
        Assert.Contains("folder", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("direct.bin")]
    [InlineData("sub/again.bin")]
    [InlineData("sub/up/data.bin")]
    public void Links_within_the_folder_are_followed(string location)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["model/sub"]);
        folder.Write("model/data.bin", new byte[432]);
        File.CreateSymbolicLink(folder["model/direct.bin"], folder["model/data.bin"]);
        File.CreateSymbolicLink(folder["model/sub/again.bin"], "../direct.bin");
        Directory.CreateSymbolicLink(folder["model/sub/up"], "..");
        Directory.CreateSymbolicLink(folder["alias"], folder["model"]); // the folder itself may be a link
        File.WriteAllBytes(folder["model/model.onnx"], External(location, "0", "432"));
        foreach (string name in (string[])["model", "alias"])
        {
            Assert.Equal([4, 3, 3, 3], OnnxReader.Read(folder[$"{name}/model.onnx"]).Model.Parameters.Values.Single().Value.Shape.Extents);
        }
    }

    [Fact]
    public void Links_in_a_circle_are_one_error()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["one.bin"], "two.bin");
        File.CreateSymbolicLink(folder["two.bin"], "one.bin");
        File.WriteAllBytes(folder["model.onnx"], External("one.bin", "0", "432"));
        Assert.Contains("more links", Assert.Throws<MalformedInputException>(() => OnnxReader.Read(folder["model.onnx"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("16", "432", null)]
    [InlineData("16", null, null)]
    [InlineData("17", "432", "truncated")]
    [InlineData("-1", "432", "is no number of bytes")]
    [InlineData("0", "431", "its external data has 431")]
    [InlineData("99999999999999999999", "432", "is no number of bytes")]
    public void External_data_has_all_bytes(string offset, string? length, string? expected)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["sub"]);
        folder.Write("sub/data.bin", new byte[448]);
        string path = folder["model.onnx"];
        File.WriteAllBytes(path, External("sub/data.bin", offset, length));
        if (expected is null)
        {
            Assert.Equal([4, 3, 3, 3], OnnxReader.Read(path).Model.Parameters.Values.Single().Value.Shape.Extents);
            return;
        }

        Assert.Contains(expected, Assert.Throws<MalformedInputException>(() => OnnxReader.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_empty_messages_are_counted_before_they_become_objects()
    {
        byte[] nodes = new byte[32 << 20];
        for (int i = 0; i < nodes.Length; i += 2)
        {
            nodes[i] = 0x0A; // field 1 of the graph, a node, of no bytes
        }

        byte[] file = [0x3A, .. Varint(nodes.Length), .. nodes];
        Assert.Contains("messages, the limit", Assert.Throws<MalformedInputException>(() => OnnxReader.Read(file, "model.onnx")).Message, StringComparison.Ordinal);
        Survives(file);
    }

    [Fact]
    public void Deep_nesting_is_an_error()
    {
        byte[] file = [];
        for (int i = 0; i < 5000; i++)
        {
            // A graph in an attribute of a node of a graph.
            file = [0x0A, .. Varint(file.Length + 20), 0x2A, .. Varint(file.Length + 10), 0x32, .. Varint(file.Length), .. file];
            if (file.Length > 1 << 15)
            {
                break;
            }
        }

        Survives([0x3A, .. Varint(file.Length), .. file]);
    }

    [Fact]
    public void Long_chains_and_wide_expressions_take_no_long_time()
    {
        var net = new HandMade();
        string x = net.Conv("x", 3, 2);
        for (int i = 0; i < 3000; i++)
        {
            x = i % 2 == 0 ? net.Node("Mul", [x, x]) : net.Node("Relu", [x]);
        }

        Survives(net.Build(x).ToByteArray(), seconds: 20);
    }

    /// <summary>Each sum is of many products of the sum before it, which all become layers of one pixel.</summary>
    [Fact]
    public void Sums_of_sums_in_a_channel_branch_take_no_long_time()
    {
        var net = new HandMade();
        string map = net.Conv("x", 3, 4);
        string features = net.Node("Flatten", [net.Node("GlobalAveragePool", [map])]);
        net.Weight("w", 4, 4);
        for (int level = 0; level < 8; level++)
        {
            features = net.Node("Sum", [.. Enumerable.Range(0, 100).Select(_ => net.Node("MatMul", [features, "w"]))]);
        }

        string scaled = net.Node("Mul", [map, net.Node("Reshape", [features, net.Ints(-1, 4, 1, 1)])]);
        byte[] file = net.Build(scaled).ToByteArray();
        Survives(file);
        Assert.InRange(OnnxReader.Read(file, "model.onnx").Model.Graph.Nodes.Length, 808, 820);
    }

    [Theory]
    [InlineData("a long name of the call")]
    [InlineData("many names")]
    [InlineData("a large attribute")]
    [InlineData("many attributes")]
    public void Functions_do_not_multiply_what_a_file_has(string what)
    {
        var net = new HandMade();
        var function = new FunctionProto { Name = "f", Domain = "d", Input = { "a" }, Output = { "b" } };
        var inner = new NodeProto { OpType = "LeakyRelu", Name = "inner", Input = { "a" }, Output = { "b" } };
        function.Node.Add(inner);
        AttributeProto large = new() { Name = "large", Ints = { Enumerable.Repeat(1L, what == "a large attribute" ? 1 << 11 : 1) } };
        if (what == "many names")
        {
            inner.Input.AddRange(Enumerable.Range(0, 100_000).Select(i => $"n{i}"));
        }

        inner.Attribute.AddRange(Enumerable.Range(0, what == "many attributes" ? 100_000 : 1).Select(i => new AttributeProto { Name = $"a{i}", RefAttrName = "large" }));
        function.Node.AddRange(Enumerable.Range(0, what.StartsWith("many", StringComparison.Ordinal) ? 0 : 999).Select(i =>
        {
            NodeProto another = inner.Clone();
            another.Output[0] = $"v{i}";
            return another;
        }));
        net.Model.Functions.Add(function);
        string x = net.Conv("x", 3, 4);
        for (int i = 0; i < 50; i++)
        {
            x = net.Node("d", "f", [x], large);
            net.Graph.Node[^1].Name = what == "a long name of the call" ? new string('c', 1 << 13) : "";
        }

        byte[] file = net.Build(x).ToByteArray();
        Survives(file);
        string? refusal = Record.Exception(() => OnnxReader.Read(file, "model.onnx"))?.Message;
        Assert.Equal(what != "a large attribute", refusal?.Contains("characters of names, the limit", StringComparison.Ordinal) ?? false);
    }

    private static byte[] External(string location, string offset, string? length)
    {
        var net = new HandMade();
        ModelProto model = net.Build(net.Conv("x", 3, 4));
        TensorProto weight = net.Graph.Initializer[0];
        weight.ClearRawData();
        weight.DataLocation = TensorProto.Types.DataLocation.External;
        weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        weight.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset });
        if (length is not null)
        {
            weight.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length });
        }

        return model.ToByteArray();
    }

    private static byte[] Varint(int value) => value < 128 ? [(byte)value] : [(byte)(value | 128), .. Varint(value >> 7)];

    private static void Survives(byte[] file, double seconds = 10)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        try
        {
            OnnxReader.Read(file, "model.onnx");
        }
        catch (EspalierException)
        {
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes + (8 * file.Length));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, seconds);
    }
}
