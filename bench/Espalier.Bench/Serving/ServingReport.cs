using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Espalier.Bench.Measuring;
using Espalier.Bench.Peers;
using Espalier.Bench.Workers;
using Espalier.Formats;
using Espalier.Tensors;

namespace Espalier.Bench.Serving;

/// <summary>The command <c>serving-report</c>: <c>espalier serve</c> and an endpoint of ASP.NET on ONNX Runtime under the same loads, and 10,000 requests with faults.</summary>
internal static class ServingReport
{
    private const string Network = "resnet18";
    private const int Seconds = 15;
    private const string ServerProcessors = "0,1"; // one thread of the network on one, input and output on the other
    private const string ClientProcessor = "0";
    private const string PlanProcessor = "1"; // the last of two: interrupts tend to sit on the first
    private const int OpenClients = 64;

    internal static int Run(string[] arguments)
    {
        if (ReportArguments.Parse(arguments) is not ReportArguments options)
        {
            Console.Error.WriteLine($"usage: Espalier.Bench serving-report {ReportArguments.Usage}");
            return 2;
        }

        try
        {
            string file = options.Output ?? Path.Combine(new Setup().ResultsFolder, "serving.md");
            File.WriteAllText(file, Measure(options, string.Join(' ', arguments)));
            Console.WriteLine($"report: {Path.GetFullPath(file)}");
            return 0;
        }
        catch (EspalierException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return 2;
        }
    }

    private static string Measure(ReportArguments options, string arguments)
    {
        Machine machine = Machine.Describe();
        var setup = new Setup();
        string espalier = setup.PublishCommandLine(), peer = setup.PublishOnnxRuntimeServer();
        ExportedModel exported = setup.Export(Network, 0, 0, [1]);
        using var folder = new ModelFolder(exported);
        int seconds = Math.Max(2, options.Runs(Seconds));
        double plan = PlanMilliseconds(espalier, folder.Model);
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            # Serving beside ONNX Runtime: {machine.Processor}

            Written by `dotnet run -c Release --project bench/Espalier.Bench -- serving-report {arguments}` on {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {machine.Others} of the processors' time used by others.

            ResNet-18 at 224 pixels in float32, one input as a binary tensor (602,112 bytes) for each request. Servers have one thread for the network and both processors, so that input and output have the other one, which the clients share. Every answer is compared with the first, byte for byte.
            *Espalier*: `espalier serve resnet18.espalier --threads 1 --log none`. *ONNX Runtime*: an endpoint of ASP.NET on ONNX Runtime 1.31.1 (NuGet; `bench/Espalier.Bench.OnnxRuntime.Server`), one thread, one request at a time.
            The network alone (`espalier bench --threads 1`, batch 1) takes {plan:F2} ms: {1000 / plan:F1} images a second.

            ## As many requests as the clients get answered

            | | clients | requests/s | of the network alone | p50 ms | p99 ms | failed |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: |

            """));
        (string Name, Func<ServedProgram> Start, string Path)[] servers =
        [
            ("Espalier", () => ServedProgram.Start(ServerProcessors, port => [espalier, "serve", folder.Model, "--port", $"{port}", "--threads", "1", "--log", "none"]), $"/v2/models/{Network}/infer"),
            ("ONNX Runtime", () => ServedProgram.Start(ServerProcessors, port => [peer, Path.Combine(exported.Folder, "model-batch1.onnx"), $"http://127.0.0.1:{port}", "1", "3", "224", "224"]), "/infer"),
        ];
        var most = new Dictionary<string, double>();
        foreach (int clients in new[] { 1, 8, 32 })
        {
            foreach ((string name, Func<ServedProgram> start, string path) in servers)
            {
                using ServedProgram server = start();
                Result result = Load(server, path, "--clients", $"{clients}", "--seconds", $"{seconds}");
                most[name] = Math.Max(most.GetValueOrDefault(name), result.Rate);
                string share = name == "Espalier" ? string.Create(CultureInfo.InvariantCulture, $"{result.Rate * plan / 1000:P0}") : "–";
                text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {clients} | {result.Rate:F1} | {share} | {result.Middle:F1} | {result.Late:F1} | {result.Failed} |"));
            }
        }

        text.Append(string.Create(CultureInfo.InvariantCulture, $"""

            ## At half of the load

            Half as many requests as the server can answer at most, at even distances or at random (a Poisson process); a request's time counts from when it was due. Of random arrivals, even a server that always took exactly the same time would have its 99th percentile at 3.6 times that
            (the queue M/D/1 at half load).

            | | arrivals | requests/s | p50 ms | p99 ms | p99 in times of the network alone | failed |
            | --- | --- | ---: | ---: | ---: | ---: | ---: |

            """));
        foreach ((string arrivals, string name, Func<ServedProgram> start, string path) in servers.SelectMany(server => new[] { ("even", server.Name, server.Start, server.Path), ("random", server.Name, server.Start, server.Path) }))
        {
            using ServedProgram server = start();
            Result result = Load(server, path, ["--rate", (most[name] / 2).ToString("F2", CultureInfo.InvariantCulture), "--clients", $"{OpenClients}", "--seconds", $"{2 * seconds}", .. arrivals == "even" ? (string[])["--even"] : []]);
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {arrivals} | {result.Rate:F1} | {result.Middle:F1} | {result.Late:F1} | {(name == "Espalier" ? $"{result.Late / plan:F2}" : "–")} | {result.Failed} |"));
        }

        using ServedProgram soaked = ServedProgram.Start(ServerProcessors, port => [espalier, "serve", "--models", folder.Folder, "--port", $"{port}", "--threads", "1", "--log", "none", "--reload", "1"]);
        text.Append(FaultyRequests.Run(soaked, folder, options.Runs(10_000)).GetAwaiter().GetResult());
        return text.ToString();
    }

    private static double PlanMilliseconds(string espalier, string model)
    {
        using Process process = ChildProcess.Start(new ProcessStartInfo("taskset", ["-c", PlanProcessor, espalier, "bench", model, "--threads", "1", "--repeat", "100", "--json"]) { RedirectStandardOutput = true });
        string json = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Median(JsonNode.Parse(json) ?? throw new EspalierException("espalier bench prints no JSON"));
    }

    private static double Median(JsonNode node) => node["p50_ms"] is { } median ? (double)median : throw new EspalierException($"espalier bench --json has no p50_ms: {node}");

    private static Result Load(ServedProgram server, string path, params string[] options)
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.Port}{path}");
        using Process process = ChildProcess.Start(new ProcessStartInfo("taskset", ["-c", ClientProcessor, .. ChildProcess.ThisProgram, "serving", address, "--json", .. options]) { RedirectStandardOutput = true });
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        JsonNode result = JsonNode.Parse(output.Length > 0 ? output : "{}")!;
        Console.Error.WriteLine($"{address} {string.Join(' ', options)}: {output.Trim()}");
        return result["rate"] is null
            ? throw new EspalierException($"no load was measured at {address}")
            : new Result((double)result["rate"]!, (double)result["p50"]!, (double)result["p99"]!, (int)result["failed"]!);
    }

    private readonly record struct Result(double Rate, double Middle, double Late, int Failed);
}

/// <summary>A folder with the model that is served.</summary>
internal sealed class ModelFolder : IDisposable
{
    private readonly byte[] _bytes;

    internal ModelFolder(ExportedModel exported)
    {
        Directory.CreateDirectory(Folder);
        ModelFile.Write(Model, exported.Model());
        _bytes = File.ReadAllBytes(Model);
    }

    internal string Folder { get; } = Path.Combine(Path.GetTempPath(), $"espalier-serving-{Environment.ProcessId}");

    internal string Model => Path.Combine(Folder, "resnet18.espalier");

    /// <summary>Replaces the file by the same one, which the server loads again.</summary>
    internal void Replace() => AtomicFile.Write(Model, stream => stream.Write(_bytes));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
