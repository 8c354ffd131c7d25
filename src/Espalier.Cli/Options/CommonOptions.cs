using System.CommandLine.Parsing;

namespace Espalier.Cli;

/// <summary>Options that several verbs share with the same meaning.</summary>
internal static class CommonOptions
{
    private const int MostBatch = 1 << 16;
    private const string ThreadsName = "--threads";

    internal static Option<bool> Json() => new("--json")
    {
        Description = "Print JSON, and nothing else, on standard output.",
    };

    internal static Option<int> Threads() => NumberOptions.Create(
        ThreadsName, "Threads that share one prediction; the default is one for each processor. The answer is the same for any number.", 1, ThreadCount.Most, ThreadCount.Usual);

    /// <summary>The threads that are given, or else those of the machine, divided among its processes.</summary>
    internal static int Threads(ParseResult parsed, CliContext context) =>
        parsed.GetResult(ThreadsName) is OptionResult { Implicit: false } ? parsed.GetValue<int>(ThreadsName) : Math.Max(1, ThreadCount.Usual / context.ProcessesOfMachine);

    internal static Option<int> Batch(int initial) => NumberOptions.Create("--batch", "Images in one forward pass.", 1, MostBatch, initial);

    internal static Option<ulong> Seed() => new("--seed")
    {
        Description = "The seed of random weights, if no weights are given.",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
            {
                result.AddError($"--seed takes a non-negative integer, found '{text}'");
            }

            return seed;
        },
    };
}
