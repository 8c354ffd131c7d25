using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Espalier.Formats;
using Espalier.Formats.Loading;
using Espalier.Inference;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Bench.Workers;

/// <summary>Espalier as one of the contestants: the same line protocol as the peers (bench/README.md), and <c>fma</c> besides.</summary>
internal sealed partial class EspalierWorker : IDisposable
{
    private const int CommitLetters = 9; // the plus sign and eight digits

    private readonly long _startBytes = ResidentMemory.Peak();
    private ExportedModel? _model;
    private Predictor? _predictor;
    private Tensor? _input;
    private Tensor? _output;

    /// <summary>Answers one line with one line until <c>quit</c> or the end of the input.</summary>
    internal static int Run(TextReader commands, TextWriter answers)
    {
        using var worker = new EspalierWorker();
        Say(answers, new JsonObject
        {
            ["peer"] = "espalier",
            ["version"] = $"{Version()} on {RuntimeInformation.FrameworkDescription}",
        });
        while (commands.ReadLine()?.Trim() is { } line and not "quit")
        {
            Say(answers, worker.AnswerOrError(line));
        }

        return 0;
    }

    public void Dispose() => _predictor?.Dispose();

    private static void Say(TextWriter answers, JsonObject answer)
    {
        answers.WriteLine(answer.ToJsonString());
        answers.Flush();
    }

    private JsonObject AnswerOrError(string line)
    {
        try
        {
            return Answer(line);
        }
#pragma warning disable CA1031 // Whatever goes wrong is an answer: the driver decides whether to go on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new JsonObject { ["error"] = error.Message };
        }
    }

    private JsonObject Answer(string line) => line switch
    {
        "output" => DescribeOutput(),
        "peak" => new JsonObject { ["peak_bytes"] = ResidentMemory.Peak(), ["start_bytes"] = _startBytes },
        _ when LoadCommand().Match(line) is { Success: true } words => Load(words.Groups[1].Value, Integer(words.Groups[2]), Integer(words.Groups[3])),
        _ when RunCommand().Match(line) is { Success: true } words => RunTimed(Integer(words.Groups[1]), Integer(words.Groups[2])),
        _ when FmaCommand().Match(line) is { Success: true } words => new JsonObject { ["gflops"] = FmaPeak(Integer(words.Groups[1])) },
        _ => throw new EspalierException($"expected load PATH THREADS [BATCH], run BATCH N, output, peak, fma THREADS or quit, found '{line}'"),
    };

    private JsonObject Load(string folder, int threads, int batch)
    {
        _predictor?.Dispose();
        _model = ExportedModel.Open(folder);
        StateDict weights = CheckpointReader.Read(_model.StateDict).StateDict;
        _predictor = new Predictor(_model.Blueprint().Load(weights), new PredictorOptions { Threads = threads });
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

    /// <summary>The sum over threads that all measure the peak of their core at the same time.</summary>
    private static double FmaPeak(int threads)
    {
        var peaks = new double[threads];
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(i => new Thread(() => peaks[i] = FusedMultiplyAddPeak.Measure(InstructionSet.Best)))];
        Array.ForEach(others, thread => thread.Start());
        peaks[0] = FusedMultiplyAddPeak.Measure(InstructionSet.Best);
        Array.ForEach(others, thread => thread.Join());
        return peaks.Sum();
    }

    /// <summary>As in 0.1.0+1a2b3c4d: the number and the beginning of the commit.</summary>
    private static string Version()
    {
        string version = typeof(Predictor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        return version[..Math.Min(version.Length, version.IndexOf('+', StringComparison.Ordinal) is >= 0 and int plus ? plus + CommitLetters : version.Length)];
    }

    private static int Integer(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^load (.+?) ([1-9]\d*)(?: ([1-9]\d*))?$")]
    private static partial Regex LoadCommand();

    [GeneratedRegex(@"^run ([1-9]\d*) ([1-9]\d*)$")]
    private static partial Regex RunCommand();

    [GeneratedRegex(@"^fma ([1-9]\d*)$")]
    private static partial Regex FmaCommand();
}
