using System.CommandLine;

namespace Espalier.Bench.Serving;

/// <summary>The command <c>serving</c>: loads a server with binary tensors and tells what it answers, and how fast.</summary>
internal static class ServingCommand
{
    internal static int Run(string[] args)
    {
        var address = new Argument<Uri>("ADDRESS") { Description = "The address of inference, such as http://127.0.0.1:8000/v2/models/resnet18/infer; the body is one input in binary, the answer a float32 output, after JSON or alone.", CustomParser = result => new Uri(result.Tokens[0].Value) };
        var floats = new Option<int>("--floats") { Description = "The elements of one input.", DefaultValueFactory = _ => 3 * 224 * 224 };
        var clients = new Option<int>("--clients") { Description = "Connections, each with one request at a time; with --rate the most.", DefaultValueFactory = _ => 8 };
        var rate = new Option<double>("--rate") { Description = "Requests per second that arrive whether or not others are answered, at exponential distances (a Poisson process); 0 for as many as the clients get answered." };
        var even = new Option<bool>("--even") { Description = "With --rate: at even distances." };
        var seconds = new Option<double>("--seconds") { Description = "How long, after a fifth of it that is not measured.", DefaultValueFactory = _ => 20 };
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new RootCommand("Loads a server of the Open Inference Protocol with binary tensors.") { address, floats, clients, rate, even, seconds, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var load = new ServingLoad(parsed.GetRequiredValue(address), parsed.GetValue(floats), parsed.GetValue(clients));
            LoadResult result = await load.RunAsync(parsed.GetValue(rate), parsed.GetValue(even), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation);
            Console.Out.WriteLine(parsed.GetValue(json) ? result.ToJson() : result.ToString());
            return result.Failed == 0 ? 0 : 1;
        });
        return command.Parse(args).Invoke();
    }
}
