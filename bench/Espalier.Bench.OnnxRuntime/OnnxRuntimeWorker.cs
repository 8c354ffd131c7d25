using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;

namespace Espalier.Bench.OnnxRuntime;

/// <summary>ONNX Runtime with its fastest settings: all graph optimizations, sequential execution, the batch fixed.</summary>
internal sealed class OnnxRuntimeWorker : IDisposable
{
    private readonly RunOptions _run = new();
    private string _folder = "";
    private int _threads;
    private int _images;
    private int[] _sample = [];
    private SessionOptions? _options;
    private InferenceSession? _session;
    private OrtValue? _input;
    private int _batch;
    private float[] _output = [];
    private long[] _outputShape = [];

    internal JsonObject Load(string folder, int threads, int batch)
    {
        JsonNode description = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "model.json")))!;
        (_folder, _threads, _images) = (folder, threads, (int)description["images"]!);
        _sample = Integers(description["input"]!);
        Prepare(batch > 0 ? batch : Integers(description["batches"]!)[0]);
        return new JsonObject { ["model"] = (string)description["name"]!, ["threads"] = threads };
    }

    internal JsonObject Run(int batch, int count)
    {
        if (_session is null)
        {
            throw new InvalidOperationException("run: nothing is loaded");
        }

        if (_batch != batch)
        {
            Prepare(batch);
        }

        (string[] inputs, string[] outputs) = ([.. _session.InputNames], [.. _session.OutputNames]);
        OrtValue[] values = [_input!];
        var milliseconds = new JsonArray();
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(_run, inputs, values, outputs);
            milliseconds.Add((JsonNode)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (i == count - 1)
            {
                _output = results[0].GetTensorDataAsSpan<float>().ToArray();
                _outputShape = results[0].GetTensorTypeAndShape().Shape;
            }
        }

        return new JsonObject { ["milliseconds"] = milliseconds };
    }

    internal JsonObject DescribeOutput() => new()
    {
        ["shape"] = new JsonArray([.. (_output.Length > 0 ? _outputShape : throw new InvalidOperationException("output: nothing has run")).Select(extent => (JsonNode)extent)]),
        ["sum"] = _output.Sum(value => (double)value) is double sum && double.IsFinite(sum) ? sum : null, // JSON has no NaN and no infinity
        ["float32"] = Convert.ToBase64String(MemoryMarshal.AsBytes(_output.AsSpan())),
    };

    public void Dispose()
    {
        Release();
        _run.Dispose();
    }

    /// <summary>A session for this batch size: with every size known, the runtime optimizes best. PyTorch's files have one each; Espalier's leave the batch free, which the session fixes.</summary>
    private void Prepare(int batch)
    {
        Release();
        string own = Path.Combine(_folder, $"model-batch{batch}.onnx");
        _options = new SessionOptions
        {
            IntraOpNumThreads = _threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _options.AddFreeDimensionOverrideByName("batch", batch);
        _session = new InferenceSession(File.Exists(own) ? own : Path.Combine(_folder, "model.onnx"), _options);
        _input = OrtValue.CreateTensorValueFromMemory(Images(batch), [batch, .. _sample.Select(extent => (long)extent)]);
        _batch = batch;
    }

    private void Release()
    {
        _input?.Dispose();
        _session?.Dispose();
        _options?.Dispose();
        (_input, _session, _options) = (null, null, null);
    }

    /// <summary>The first images of the reference input, from the beginning again when they run out.</summary>
    private float[] Images(int batch)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(_folder, "input.bin"));
        int size = _sample.Aggregate(sizeof(float), (product, extent) => product * extent);
        float[] values = new float[batch * (size / sizeof(float))];
        for (int i = 0; i < batch; i++)
        {
            Buffer.BlockCopy(bytes, i % _images * size, values, i * size, size);
        }

        return values;
    }

    private static int[] Integers(JsonNode array) => [.. array.AsArray().Select(item => (int)item!)];
}
