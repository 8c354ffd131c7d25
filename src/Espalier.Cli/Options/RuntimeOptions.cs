namespace Espalier.Cli;

/// <summary>What runs the networks.</summary>
internal static class RuntimeOptions
{
    internal static Option<string> Create()
    {
        var option = new Option<string>("--runtime")
        {
            Description = $"What runs the network: {string.Join(" or ", Runtimes.Names)}. The reference is the definition that the others are held to, and very slow.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Runtimes.Names[0],
        };
        option.CompletionSources.Add([.. Runtimes.Names]);
        return option;
    }

    /// <summary>The runtime that is asked for.</summary>
    internal static IRuntime Read(ParseResult parsed, Option<string> option) => Runtimes.Find(parsed.GetRequiredValue(option));
}
