namespace Espalier.Cli;

/// <summary>Options that several verbs share with the same meaning.</summary>
internal static class CommonOptions
{
    private const int MostBatch = 1 << 16;

    internal static Option<bool> Json() => new("--json")
    {
        Description = "Print JSON, and nothing else, on standard output.",
    };

    internal static Option<int> Threads() => NumberOptions.Create(
        "--threads", "Threads that share one prediction; the default is one for each processor. The answer is the same for any number.", 1, ThreadCount.Most, ThreadCount.Usual);

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
