using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Espalier.Tensors;

namespace Espalier.Bench.Workers;

/// <summary>A contestant at work: a process that answers one line with one line.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Starts the contestant on these processors and waits until it is ready.</summary>
    internal WorkerProcess(Contestant contestant, ImmutableArray<int> processors)
    {
        Name = contestant.Name;
        (string program, ImmutableArray<string> arguments) = Affinity.Pin(contestant, processors);
        _process = ChildProcess.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true });
        Version = (string)Read()["version"]!;
    }

    internal string Name { get; }

    internal string Version { get; }

    /// <summary>Time since the process was started.</summary>
    internal TimeSpan Age => Stopwatch.GetElapsedTime(_started);

    internal void Load(ExportedModel model, int threads, int batch) => Ask($"load {model.Folder} {threads} {batch}");

    /// <summary>Milliseconds of each of some runs, one after another.</summary>
    internal double[] Run(int batch, int count) => Numbers(Ask($"run {batch} {count}"), "milliseconds");

    /// <summary>Milliseconds of each of some training steps, and the loss of each before it; only training workers answer so.</summary>
    internal (double[] Milliseconds, double[] Losses) Train(int batch, int steps)
    {
        JsonNode answer = Ask($"run {batch} {steps}");
        return (Numbers(answer, "milliseconds"), Numbers(answer, "losses"));
    }

    /// <summary>The numbers that the last run gave.</summary>
    internal float[] Output()
    {
        byte[] bytes = Convert.FromBase64String((string)Ask("output")["float32"]!);
        float[] values = new float[bytes.Length / sizeof(float)];
        Buffer.BlockCopy(bytes, 0, values, 0, bytes.Length);
        return values;
    }

    /// <summary>The most bytes the process has held.</summary>
    internal long PeakBytes() => (long)Ask("peak")["peak_bytes"]!;

    /// <summary>GFLOPS that the arithmetic units of that many processors reach; only Espalier's worker knows.</summary>
    internal double FmaPeak(int threads) => (double)Ask($"fma {threads}")["gflops"]!;

    /// <summary>Billions of operations (two for a multiply-add) on bytes a second that these processors reach; only Espalier's worker knows.</summary>
    internal double ByteProductPeak(int threads) => (double)Ask($"dot {threads}")["gops"]!;

    /// <summary>Asks the process to end, and ends it if it does not.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it is gone already
        }

        if (!_process.WaitForExit(Patience))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static double[] Numbers(JsonNode answer, string name) => [.. answer[name]!.AsArray().Select(item => (double)item!)];

    private JsonNode Ask(string command)
    {
        try
        {
            _process.StandardInput.WriteLine(command);
            _process.StandardInput.Flush();
        }
        catch (IOException error)
        {
            throw new EspalierException($"{Name} is gone: {error.Message}", error);
        }

        return Read();
    }

    private JsonNode Read()
    {
        string line = _process.StandardOutput.ReadLine() ?? throw new EspalierException($"{Name} ended without an answer");
        try
        {
            JsonNode answer = JsonNode.Parse(line)!;
            return answer["error"] is { } error ? throw new EspalierException($"{Name}: {error}") : answer;
        }
        catch (JsonException error)
        {
            throw new EspalierException($"{Name} answered '{line}', which is not JSON", error);
        }
    }
}
