using System.Runtime.CompilerServices;

namespace Espalier.Cli;

/// <summary>The options --runtime and --device.</summary>
internal static class RuntimeOptions
{
    private const string Name = "--runtime";
    private const string DeviceName = "--device";

    // Options are read in many places of a verb: one runtime for all of them.
    private static readonly ConditionalWeakTable<ParseResult, IRuntime> s_chosen = [];

    private static string[] Names =>
#if NO_ACCELERATOR
        [.. Runtimes.Names];
#else
        [.. Runtimes.Names, AcceleratorChoice.Name];
#endif

    private static string Listed => $"{string.Join(", ", Names[..^1])} or {Names[^1]}";

    internal static void AddTo(Command command)
    {
        var runtime = new Option<string>(Name)
        {
            Description = $"The runtime that runs the network: {Listed}. The reference runtime defines the correct results and is very slow.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Runtimes.Names[0],
        };
        runtime.CompletionSources.Add(Names);
        command.AddAll(runtime);
#if !NO_ACCELERATOR
        command.AddAll(new Option<string?>(DeviceName)
        {
            Description = $"The accelerator, by its number as 'espalier devices' lists it, or '{AcceleratorChoice.Emulated}' for threads of the CPU that behave like one, for tests of tiny networks; the default is the first.",
            HelpName = "N",
        });
#endif
    }

    /// <summary>The requested runtime; the verb must have the option.</summary>
    internal static IRuntime Read(ParseResult parsed) => s_chosen.GetValue(parsed, Choose);

    /// <summary>Throws if an option that only the CPU runtime supports is given with another runtime.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="does">A predicate for the error message, such as <c>chooses kernels</c>.</param>
    /// <param name="infinitive">Its verb in the infinitive.</param>
    internal static void RequireCpu(ParseResult parsed, Option<bool> option, string does, string infinitive)
    {
        string name = parsed.GetRequiredValue<string>(Name);
        if (parsed.GetValue(option) && name != Runtimes.Cpu.Name)
        {
            throw new EspalierException($"{option.Name} {does} of the runtime {Runtimes.Cpu.Name}; {Name} {name} has none to {infinitive}");
        }
    }

    private static IRuntime Choose(ParseResult parsed)
    {
        string name = parsed.GetRequiredValue<string>(Name);
#if !NO_ACCELERATOR
        string? device = parsed.GetValue<string?>(DeviceName);
        if (name == AcceleratorChoice.Name)
        {
            return AcceleratorChoice.Open(device, parsed.InvocationConfiguration.Error);
        }

        if (device is not null)
        {
            throw new EspalierException($"{DeviceName} is for {Name} {AcceleratorChoice.Name}; {Name} is {name}");
        }
#endif
        return Names.Contains(name) ? Runtimes.Find(name) : throw new EspalierException($"there is no runtime '{name}'; expected {Listed}");
    }
}
