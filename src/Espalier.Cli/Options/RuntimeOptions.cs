namespace Espalier.Cli;

/// <summary>What runs the networks.</summary>
internal static class RuntimeOptions
{
    private const string Name = "--runtime";

    internal static Option<string> Create()
    {
        var option = new Option<string>(Name)
        {
            Description = $"What runs the network: {string.Join(" or ", Runtimes.Names)}. The reference is the definition that the others are held to, and very slow.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Runtimes.Names[0],
        };
        option.CompletionSources.Add([.. Runtimes.Names]);
        return option;
    }

    /// <summary>The runtime that is asked for, of a verb with the option.</summary>
    internal static IRuntime Read(ParseResult parsed) => Runtimes.Find(parsed.GetRequiredValue<string>(Name));

    /// <summary>Refuses an option that only the CPU's runtime has a use for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="does">What it does: <c>chooses kernels</c>.</param>
    /// <param name="infinitive">The same verb in the infinitive.</param>
    internal static void RequireCpu(ParseResult parsed, Option<bool> option, string does, string infinitive)
    {
        IRuntime runtime = Read(parsed);
        if (parsed.GetValue(option) && runtime != Runtimes.Cpu)
        {
            throw new EspalierException($"{option.Name} {does} of the runtime {Runtimes.Cpu.Name}; {Name} {runtime.Name} has none to {infinitive}");
        }
    }
}
