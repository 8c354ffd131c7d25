using Espalier.Models;

namespace Espalier.Cli;

/// <summary>The options that replace parts of a residual network of the zoo: --stem, --shortcut, --attention, --pooling and --norm.</summary>
internal sealed class ResidualOptions
{
    private readonly (string Part, Option<string?> Option)[] _options = [.. ResidualVariant.Parts.Select(part => (part.Part, Create(part.Part, part.Words)))];

    internal void AddTo(Command command) => command.AddAll(All);

    /// <summary>The options.</summary>
    internal IEnumerable<Option> All => _options.Select(each => each.Option);

    /// <summary>The parts that the command line replaces.</summary>
    internal ResidualVariant Read(ParseResult parsed)
    {
        ResidualVariant variant = default;
        foreach ((string part, Option<string?> option) in _options)
        {
            variant = parsed.GetValue(option) is string word ? variant.With(part, word) : variant;
        }

        return variant;
    }

    private static Option<string?> Create(string part, string words)
    {
        var option = new Option<string?>($"--{part}") { Description = $"Replaces the {part} of a residual network of the zoo: {words.Replace("|", ", ", StringComparison.Ordinal)}.", HelpName = "KIND" };
        option.CompletionSources.Add(words.Split('|'));
        return option;
    }
}
