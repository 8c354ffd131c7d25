using System.Runtime.InteropServices;
using System.Text.Json;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Testing;

/// <summary>One op with PyTorch's answer: a line of <c>tests/oracle/fixtures/ops/*.jsonl</c>, whose format tests/oracle/README.md tells.</summary>
public sealed class OpFixture
{
    private readonly JsonElement _json;

    private OpFixture(JsonElement json) => _json = json;

    /// <summary>All of them, by the name of the case.</summary>
    public static IReadOnlyDictionary<string, OpFixture> All { get; } = Directory
        .EnumerateFiles(OracleFiles.Path("ops"), "*.jsonl")
        .Order(StringComparer.Ordinal)
        .SelectMany(File.ReadLines)
        .Select(line => new OpFixture(JsonDocument.Parse(line).RootElement))
        .ToDictionary(fixture => fixture._json.GetProperty("case").GetString()!);

    /// <summary>The op's inputs, each with the batch in front.</summary>
    public IReadOnlyList<Tensor> Inputs => [.. Arguments("input", equal: true).Select(Values)];

    /// <summary>Samples in the batch.</summary>
    public int Batch => Inputs[0].Shape[0];

    /// <summary>The shape of the answer, with the batch in front.</summary>
    public Shape OutputShape => ShapeOf(_json.GetProperty("output"));

    /// <summary>Whether the case is about training: its answer may be that of a batch norm with the statistics of the batch.</summary>
    public bool IsOfTraining => _json.GetProperty("case").GetString()!.StartsWith("gradients/", StringComparison.Ordinal);

    /// <summary>PyTorch's answer, computed in float64 on the float32 arguments.</summary>
    public ReadOnlySpan<double> Output => MemoryMarshal.Cast<byte, double>(_json.GetProperty("output").GetProperty("float64").GetBytesFromBase64());

    /// <summary>A gradient of the answer, or <see langword="null"/> for a case without gradients.</summary>
    public double[]? OutputGradient => _json.TryGetProperty("gradients", out JsonElement gradients) ? Doubles(Values(gradients.GetProperty("output"))) : null;

    /// <summary>PyTorch's gradients of the inputs and parameters for <see cref="OutputGradient"/>, computed in float64: by the names of <see cref="ToModel"/>.</summary>
    public IEnumerable<(string Name, double[] Gradient)> Gradients
    {
        get
        {
            JsonElement[] gradients = [.. _json.GetProperty("gradients").GetProperty("arguments").EnumerateArray()];
            int inputs = 0;
            foreach ((JsonElement argument, JsonElement gradient) in _json.GetProperty("arguments").EnumerateArray().Zip(gradients))
            {
                string role = argument.GetProperty("name").GetString()!;
                yield return (role == "input" ? $"input{inputs++}" : $"op.{role}", MemoryMarshal.Cast<byte, double>(gradient.GetBytesFromBase64()).ToArray());
            }
        }
    }

    /// <summary>The op alone in a graph, with its parameters; its inputs are the nodes <c>input0</c>, <c>input1</c> ….</summary>
    public (Graph Graph, Parameters Parameters) ToModel()
    {
        var net = new GraphBuilder();
        Value[] inputs = [.. Inputs.Select((tensor, i) => net.Input(tensor.Shape.WithoutFirst(), $"input{i}"))];
        Op op = OpFixtureOps.Create(_json.GetProperty("op").GetString()!, _json.GetProperty("attributes"), [.. inputs.Select(input => input.Shape)], this);
        Value result = net.Append("op", op, inputs);
        IEnumerable<KeyValuePair<string, Parameter>> parameters = Arguments("input", equal: false)
            .Select(argument => KeyValuePair.Create($"op.{argument.GetProperty("name").GetString()}", new Parameter(Values(argument))));
        Parameters counters = Parameters.From(op.Parameters.Where(spec => spec.IsCounter)
            .Select(spec => KeyValuePair.Create($"op.{spec.Role}", new Parameter(Tensor.Zeros(spec.Shape, ElementType.Int64)))));
        return (net.Build(result), counters.With(parameters));
    }

    /// <summary>The shape of a parameter, or <see langword="null"/> when the case has none of that name.</summary>
    internal Shape? ParameterShape(string name) =>
        Arguments(name, equal: true).Select(argument => (Shape?)ShapeOf(argument)).FirstOrDefault();

    /// <summary>Fails unless every number is within <paramref name="tolerance"/> of the answer, relative to the answer's greatest finite number; NaN equals NaN.</summary>
    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double greatest = 1e-30;
        foreach (double number in expected)
        {
            greatest = double.IsFinite(number) ? Math.Max(greatest, Math.Abs(number)) : greatest;
        }

        for (int i = 0; i < expected.Length; i++)
        {
            bool close = double.IsFinite(expected[i])
                ? Math.Abs(expected[i] - actual[i]) <= tolerance * greatest
                : expected[i].Equals(actual[i]);
            Assert.True(close, $"element {i}: expected {expected[i]:R}, found {actual[i]:R}");
        }
    }

    private IEnumerable<JsonElement> Arguments(string name, bool equal) =>
        _json.GetProperty("arguments").EnumerateArray().Where(argument => argument.GetProperty("name").GetString() == name == equal);

    private static Shape ShapeOf(JsonElement element) => Shape.Of([.. element.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())]);

    private static double[] Doubles(Tensor tensor) => tensor.To(ElementType.Float64).Read<double>().ToArray();

    private static Tensor Values(JsonElement argument) => argument.TryGetProperty("float32", out JsonElement bytes)
        ? Tensor.From<float>(ShapeOf(argument), MemoryMarshal.Cast<byte, float>(bytes.GetBytesFromBase64()))
        : CounterFill.Stream(argument.GetProperty("stream").GetString()!, ShapeOf(argument), argument.GetProperty("low").GetDouble(), argument.GetProperty("width").GetDouble());
}
