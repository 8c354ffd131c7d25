using System.CommandLine;
using Espalier.Bench.Peers;
using Espalier.Tensors;

namespace Espalier.Bench.Training;

/// <summary>The command line of the benchmark of training steps.</summary>
internal static class TrainingCommand
{
    private static readonly TrainingBenchOptions Defaults = new();

    internal static int Run(string[] arguments)
    {
        Option<string> networks = new("--networks") { Description = "Which of the networks, separated by commas.", DefaultValueFactory = _ => string.Join(',', Defaults.Networks) };
        Option<int> threads = Number("--threads", "Threads of each contestant.", Defaults.Threads);
        Option<int> steps = Number("--steps", "Timed steps of each contestant for each network.", Defaults.Steps);
        Option<int> warmUp = Number("--warm-up", "Seconds that each contestant runs before anything is timed.", (int)Defaults.WarmUp.TotalSeconds);
        Option<int> longest = Number("--longest", "Timed seconds of each contestant for each network at the most.", (int)Defaults.Longest.TotalSeconds);
        Option<string?> output = new("--output", "-o") { Description = "The Markdown file, with a CSV file beside it; docs/results/training-<cpu>.md unless told." };
        var command = new RootCommand("Times training steps beside PyTorch in one run, with the same weights, images and first loss, and what stochastic depth saves.")
        {
            networks, threads, steps, warmUp, longest, output,
        };
        command.SetAction(parsed =>
        {
            try
            {
                var options = new TrainingBenchOptions
                {
                    Networks = PeersOptions.Words(parsed.GetValue(networks)!),
                    Threads = Positive(parsed, threads),
                    Steps = Positive(parsed, steps),
                    WarmUp = TimeSpan.FromSeconds(Positive(parsed, warmUp)),
                    Longest = TimeSpan.FromSeconds(Positive(parsed, longest)),
                    Output = parsed.GetValue(output),
                };
                RequireKnown(options);
                return new TrainingBench(options).Run(string.Join(' ', ["training", .. arguments]));
            }
            catch (EspalierException error)
            {
                Console.Error.WriteLine($"error: {error.Message}");
                return 2;
            }
        });
        ParseResult parsed = command.Parse(arguments);
        int exitCode = parsed.Invoke();
        return parsed.Errors.Count > 0 ? 2 : exitCode;
    }

    private static void RequireKnown(TrainingBenchOptions options)
    {
        if (options.Networks.Except(Defaults.Networks).FirstOrDefault() is string unknown)
        {
            throw new EspalierException($"--networks: '{unknown}' is none of {string.Join(", ", Defaults.Networks)}");
        }
    }

    private static int Positive(ParseResult parsed, Option<int> option) =>
        parsed.GetValue(option) is > 0 and int number ? number : throw new EspalierException($"{option.Name} {parsed.GetValue(option)}: a number above 0 is expected");

    private static Option<int> Number(string name, string description, int value) => new(name) { Description = description, DefaultValueFactory = _ => value };
}
