using System.CommandLine.Help;

namespace Espalier.Cli;

/// <summary>The program's verbs.</summary>
internal static class Root
{
    private const string Description = """
        Builds, loads, runs and measures deep residual networks, without any native library.

        MODEL is the name of a network of the zoo ('espalier models' lists them), with --weights for its checkpoint,
        or a model file written by 'espalier convert', which needs nothing else.
        """;

    internal static RootCommand Create(CliContext context)
    {
        var root = new RootCommand(Description);
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        var action = new HelpWithExamples((HelpAction)help.Action!);
        help.Action = action;
        root.SetAction(action.Invoke);
        foreach (Verb verb in Verbs(context))
        {
            Completions.AddTo(verb);
            root.Add(verb);
        }

        return root;
    }

    /// <summary>The verbs in the order of the help.</summary>
    private static IEnumerable<Verb> Verbs(CliContext context) =>
    [
        new DemoVerb(context),
        new ModelsVerb(context),
        new SummaryVerb(context),
        new FetchVerb(context),
        new InspectVerb(context),
        new ClassifyVerb(context),
        new EvaluateVerb(context),
        new TrainVerb(context),
        new FinetuneVerb(context),
        new DegradationVerb(context),
        new ConvertVerb(context),
        new FoldVerb(context),
        new ExpandVerb(context),
        new PruneVerb(context),
        new SensitivityVerb(context),
        new HistoryVerb(context),
        new CompareVerb(context),
        new BenchVerb(context),
        new CompletionVerb(context),
    ];
}
