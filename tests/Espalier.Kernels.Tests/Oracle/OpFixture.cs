using System.Runtime.InteropServices;
using System.Text.Json;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Kernels.Tests;

/// <summary>One line of tests/oracle/fixtures/ops: an operation, its arguments, and PyTorch's answer in double. See tests/oracle/README.md.</summary>
internal sealed class OpFixture
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "fixtures", "ops");
    private readonly JsonElement _root;

    private OpFixture(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        _root = document.RootElement.Clone();
    }

    /// <summary>The names of all files, as test data; without the cases of training, whose batch norms have the statistics of the batch.</summary>
    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Where(name => name != "gradients.jsonl").Order(StringComparer.Ordinal)];

    internal string Name => _root.GetProperty("case").GetString()!;

    internal string Op => _root.GetProperty("op").GetString()!;

    internal JsonElement Output => _root.GetProperty("output");

    internal double[] Expected => MemoryMarshal.Cast<byte, double>(Output.GetProperty("float64").GetBytesFromBase64()).ToArray();

    internal int InputCount => _root.GetProperty("arguments").EnumerateArray().Count(argument => argument.GetProperty("name").GetString() == "input");

    internal static OpFixture[] Read(string file) => [.. File.ReadLines(Path.Combine(Folder, file)).Select(line => new OpFixture(line))];

    internal JsonElement Attribute(string name) => _root.GetProperty("attributes").GetProperty(name);

    internal bool Has(string attribute) => _root.GetProperty("attributes").TryGetProperty(attribute, out _);

    internal int Int(string attribute) => Attribute(attribute).GetInt32();

    internal int[] Ints(string attribute) => [.. Attribute(attribute).EnumerateArray().Select(item => item.GetInt32())];

    /// <summary>Its sides: top, left, bottom, right.</summary>
    internal Padding Padding => Ints("padding") is [int top, int left, int bottom, int right] ? new Padding(top, left, bottom, right) : throw new InvalidDataException(Name);

    /// <summary>The shape of the argument called <paramref name="name"/>, or of the <paramref name="index"/>-th of those.</summary>
    internal int[] Shape(string name, int index = 0) => ShapeOf(Argument(name, index));

    /// <summary>A map's shape: batch, and an image whose missing axes are 1.</summary>
    internal (int Batch, FeatureMap Image) Map(string name, int index = 0) =>
        Shape(name, index) is [int batch, int channels, .. int[] size]
            ? (batch, new FeatureMap(channels, size.ElementAtOrDefault(0) is > 0 and int h ? h : 1, size.ElementAtOrDefault(1) is > 0 and int w ? w : 1))
            : throw new InvalidDataException(Name);

    /// <summary>The numbers of an argument, which is float32; none if there is no such argument.</summary>
    internal float[] Values(string name, int index = 0)
    {
        JsonElement argument = Argument(name, index);
        if (argument.ValueKind == JsonValueKind.Undefined)
        {
            return [];
        }

        if (argument.TryGetProperty("float32", out JsonElement given))
        {
            return MemoryMarshal.Cast<byte, float>(given.GetBytesFromBase64()).ToArray();
        }

        string stream = argument.GetProperty("stream").GetString()!;
        double low = argument.GetProperty("low").GetDouble();
        double width = argument.GetProperty("width").GetDouble();
        return CounterFill.Stream(stream, Tensors.Shape.Of(ShapeOf(argument)), low, width).Read<float>().ToArray();
    }

    private static int[] ShapeOf(JsonElement argument) => [.. argument.GetProperty("shape").EnumerateArray().Select(item => item.GetInt32())];

    private JsonElement Argument(string name, int index) =>
        _root.GetProperty("arguments").EnumerateArray().Where(argument => argument.GetProperty("name").GetString() == name).ElementAtOrDefault(index);
}
