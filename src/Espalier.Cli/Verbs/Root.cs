using System.CommandLine.Help;

namespace Espalier.Cli;

/// <summary>The program's verbs.</summary>
internal static class Root
{
    private const string Description = """
        Builds, loads, runs and measures deep residual networks, without any native library.

        MODEL is the name of a network of the zoo ('espalier models' lists them), with --weights for its checkpoint,
        a model file written by 'espalier convert' or an ONNX network, which need nothing else,
        or the folder of a training for the model in it.
        """;

    /// <summary>The verbs in the order of the help, each with its name.</summary>
    private static readonly (string Name, Func<CliContext, Verb> Create)[] s_verbs =
    [
        ("demo", context => new DemoVerb(context)),
        ("models", context => new ModelsVerb(context)),
#if !NO_ACCELERATOR
        ("devices", context => new DevicesVerb(context)),
#endif
        ("summary", context => new SummaryVerb(context)),
        ("fetch", context => new FetchVerb(context)),
        ("inspect", context => new InspectVerb(context)),
        ("classify", context => new ClassifyVerb(context)),
        ("explain", context => new ExplainVerb(context)),
        ("evaluate", context => new EvaluateVerb(context)),
        ("run", context => new RunVerb(context)),
#if !NO_SERVING
        ("serve", context => new ServeVerb(context)),
#endif
        ("train", context => new TrainVerb(context)),
        ("finetune", context => new FinetuneVerb(context)),
        ("degradation", context => new DegradationVerb(context)),
        ("convert", context => new ConvertVerb(context)),
        ("fold", context => new FoldVerb(context)),
        ("expand", context => new ExpandVerb(context)),
        ("prune", context => new PruneVerb(context)),
        ("quantize", context => new QuantizeVerb(context)),
        ("sensitivity", context => new SensitivityVerb(context)),
        ("history", context => new HistoryVerb(context)),
        ("compare", context => new CompareVerb(context)),
        ("report", context => new ReportVerb(context)),
        ("bench", context => new BenchVerb(context)),
        ("completion", context => new CompletionVerb(context)),
        ("help", context => new HelpVerb(context)),
    ];

    /// <summary>The names of the verbs.</summary>
    internal static IEnumerable<string> Names => s_verbs.Select(verb => verb.Name);

    /// <summary>The command with all verbs.</summary>
    internal static RootCommand Create(CliContext context) => Create(context, s_verbs, completes: true);

    /// <summary>The command that parses a command line: with the verb that it begins with alone, because the options of all take longer to make than many verbs to run; with all verbs for help, completion and what is no verb.</summary>
    /// <param name="context">The context of the verbs.</param>
    /// <param name="args">The command line.</param>
    internal static RootCommand For(CliContext context, IReadOnlyList<string> args)
    {
        int place = args.Count == 0 || args[0] == "help" ? -1 : Array.FindIndex(s_verbs, verb => verb.Name == args[0]);
        return place < 0 ? Create(context) : Create(context, s_verbs[place..(place + 1)], completes: false);
    }

    private static RootCommand Create(CliContext context, (string Name, Func<CliContext, Verb> Create)[] verbs, bool completes)
    {
        var root = new RootCommand(Description);
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        var action = new HelpWithExamples((HelpAction)help.Action!);
        help.Action = action;
        root.SetAction(action.Invoke);
        foreach ((_, Func<CliContext, Verb> create) in verbs)
        {
            Verb verb = create(context);
            if (completes)
            {
                Completions.AddTo(verb);
            }

            root.Add(verb);
        }

        return root;
    }
}
