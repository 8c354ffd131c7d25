namespace Espalier.Cli;

/// <summary>What verbs that change models note in the lineage: figures that cost nothing always, time with <c>--measure</c>, accuracy where they know it.</summary>
internal sealed class LedgerOptions
{
    private readonly Option<bool> _measure = new("--measure") { Description = "Also measures how long one sample takes on one thread, for the model's lineage (see 'espalier history')." };

    internal void AddTo(Command command) => command.Options.Add(_measure);

    /// <summary>What time is to be measured on, or <see langword="null"/> where it is not to be.</summary>
    internal IRuntime? Timing(ParseResult parsed)
    {
        IRuntime runtime = RuntimeOptions.Read(parsed); // which refuses a name that there is not, whether or not time is measured
        return parsed.GetValue(_measure) ? runtime : null;
    }

    /// <summary>A model as it was loaded, with a first step in its lineage that later ones can be held against.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">Where it came from.</param>
    /// <param name="context">When to stop.</param>
    internal Model Begin(ParseResult parsed, Model model, ModelSource request, CliContext context) =>
        ModelHistory.Begin(model, request, Timing(parsed), context.Cancellation);

    /// <summary>A model after a step that is the last of its lineage, with its figures there.</summary>
    internal Model Note(ParseResult parsed, Model model, CliContext context) => ModelHistory.Note(model, null, Timing(parsed), context.Cancellation);

    /// <summary>A trained model with its time at its last step, where that was asked for.</summary>
    internal Model NoteTime(ParseResult parsed, Model model, CliContext context) => Timing(parsed) is not null ? Note(parsed, model, context) : model;
}
