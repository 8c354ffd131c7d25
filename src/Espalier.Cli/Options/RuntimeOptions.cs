namespace Espalier.Cli;

/// <summary>The option --runtime.</summary>
internal static class RuntimeOptions
{
    private const string Name = "--runtime";

    internal static Option<string> Create()
    {
        var option = new Option<string>(Name)
        {
            Description = $"The runtime that runs the network: {string.Join(" or ", Runtimes.Names)}. The reference runtime defines the correct results and is very slow.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Runtimes.Names[0],
        };
        option.CompletionSources.Add([.. Runtimes.Names]);
        return option;
    }

    /// <summary>The requested runtime; the verb must have the option.</summary>
    internal static IRuntime Read(ParseResult parsed) => Runtimes.Find(parsed.GetRequiredValue<string>(Name));

    /// <summary>Throws if an option that only the CPU runtime supports is given with another runtime.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="does">A predicate for the error message, such as <c>chooses kernels</c>.</param>
    /// <param name="infinitive">Its verb in the infinitive.</param>
    internal static void RequireCpu(ParseResult parsed, Option<bool> option, string does, string infinitive)
    {
        IRuntime runtime = Read(parsed);
        if (parsed.GetValue(option) && runtime != Runtimes.Cpu)
        {
            throw new EspalierException($"{option.Name} {does} of the runtime {Runtimes.Cpu.Name}; {Name} {runtime.Name} has none to {infinitive}");
        }
    }
}
