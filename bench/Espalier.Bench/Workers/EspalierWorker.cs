using Espalier.Bench.Measuring;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Espalier.Inference;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Bench.Workers;

/// <summary>Espalier as one of the contestants: the same line protocol as the peers (bench/README.md), and <c>fma</c> and <c>dot</c> besides.</summary>
internal sealed partial class EspalierWorker : IDisposable
{
    private const int FmaRepeats = 20; // of some tenths of a millisecond

    private readonly long _startBytes = ResidentMemory.Peak();
    private ExportedModel? _model;
    private Predictor? _predictor;
    private Tensor? _input;
    private Tensor? _output;

    /// <summary>Answers one line with one line until <c>quit</c> or the end of the input.</summary>
    internal static int Run(TextReader commands, TextWriter answers)
    {
        using var worker = new EspalierWorker();
        return LineProtocol.Serve(commands, answers, worker.Answer);
    }

    public void Dispose() => _predictor?.Dispose();

    private JsonObject Answer(string line) => line switch
    {
        "output" => DescribeOutput(),
        "peak" => new JsonObject { ["peak_bytes"] = ResidentMemory.Peak(), ["start_bytes"] = _startBytes },
        _ when LineProtocol.LoadCommand().Match(line) is { Success: true } words => Load(words.Groups[1].Value, LineProtocol.Integer(words.Groups[2]), LineProtocol.Integer(words.Groups[3])),
        _ when LineProtocol.RunCommand().Match(line) is { Success: true } words => RunTimed(LineProtocol.Integer(words.Groups[1]), LineProtocol.Integer(words.Groups[2])),
        _ when FmaCommand().Match(line) is { Success: true } words => new JsonObject { ["gflops"] = MachinePeaks.Gigaflops(LineProtocol.Integer(words.Groups[1]), InstructionSet.Best, FmaRepeats) },
        _ when DotCommand().Match(line) is { Success: true } words => new JsonObject { ["gops"] = 2 * MachinePeaks.ByteProducts(LineProtocol.Integer(words.Groups[1]), IntegerTier.Best, FmaRepeats) },
        _ => throw new EspalierException($"expected load PATH THREADS [BATCH], run BATCH N, output, peak, fma THREADS, dot THREADS or quit, found '{line}'"),
    };

    private JsonObject Load(string folder, int threads, int batch)
    {
        _predictor?.Dispose();
        _model = ExportedModel.Open(folder);
        _predictor = new Predictor(_model.Model(), new PredictorOptions { Threads = threads });
        _input = _model.Input(batch > 0 ? batch : _model.Batches[0]);
        return new JsonObject { ["model"] = _model.Name, ["threads"] = threads };
    }

    private JsonObject RunTimed(int batch, int count)
    {
        if (_model is null || _predictor is null || _input is null)
        {
            throw new EspalierException("run: nothing is loaded");
        }

        _input = _input.Shape[0] == batch ? _input : _model.Input(batch);
        var milliseconds = new JsonArray();
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _output = _predictor.Run(_input);
            milliseconds.Add((JsonNode)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return new JsonObject { ["milliseconds"] = milliseconds };
    }

    private JsonObject DescribeOutput()
    {
        Tensor output = _output ?? throw new EspalierException("output: nothing has run");
        double sum = 0;
        foreach (float value in output.Read<float>())
        {
            sum += value;
        }

        return new JsonObject
        {
            ["shape"] = new JsonArray([.. output.Shape.Extents.Select(extent => (JsonNode)extent)]),
            ["sum"] = double.IsFinite(sum) ? sum : null, // JSON has no NaN and no infinity
            ["float32"] = Convert.ToBase64String(output.Bytes.Span),
        };
    }

    [GeneratedRegex(@"^fma ([1-9]\d*)$")]
    private static partial Regex FmaCommand();

    [GeneratedRegex(@"^dot ([1-9]\d*)$")]
    private static partial Regex DotCommand();
}
