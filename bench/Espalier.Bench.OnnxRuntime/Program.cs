using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Espalier.Bench.OnnxRuntime;
using Espalier.Bench.Workers;
using Microsoft.ML.OnnxRuntime;

// The worker's side of the line protocol of bench/README.md.
using var worker = new OnnxRuntimeWorker();
long startBytes = ResidentMemory.Peak();
Say(new JsonObject { ["peer"] = "onnxruntime", ["version"] = OrtEnv.Instance().GetVersionString() });
while (Console.In.ReadLine()?.Trim() is { } line and not "quit")
{
    Say(AnswerOrError(line));
}

void Say(JsonObject answer)
{
    Console.Out.WriteLine(answer.ToJsonString());
    Console.Out.Flush();
}

JsonObject AnswerOrError(string line)
{
    try
    {
        return Answer(line);
    }
#pragma warning disable CA1031 // Whatever goes wrong is an answer: the driver decides whether to go on.
    catch (Exception error)
#pragma warning restore CA1031
    {
        return new JsonObject { ["error"] = error.Message.ReplaceLineEndings(" ") };
    }
}

JsonObject Answer(string line) => line switch
{
    "output" => worker.DescribeOutput(),
    "peak" => new JsonObject { ["peak_bytes"] = ResidentMemory.Peak(), ["start_bytes"] = startBytes },
    _ when Commands.Load().Match(line) is { Success: true } words => worker.Load(words.Groups[1].Value, Integer(words.Groups[2]), Integer(words.Groups[3])),
    _ when Commands.Run().Match(line) is { Success: true } words => worker.Run(Integer(words.Groups[1]), Integer(words.Groups[2])),
    _ => throw new InvalidOperationException($"expected load PATH THREADS [BATCH], run BATCH N, output, peak or quit, found '{line}'"),
};

static int Integer(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

internal static partial class Commands
{
    [GeneratedRegex(@"^load (.+?) ([1-9]\d*)(?: ([1-9]\d*))?$")]
    internal static partial Regex Load();

    [GeneratedRegex(@"^run ([1-9]\d*) ([1-9]\d*)$")]
    internal static partial Regex Run();
}
