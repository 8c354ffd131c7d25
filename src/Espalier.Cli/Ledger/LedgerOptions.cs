namespace Espalier.Cli;

/// <summary>The figures that verbs record in a model's lineage: sizes always, time with <c>--measure</c>, accuracy if it is known.</summary>
internal sealed class LedgerOptions
{
    private readonly Option<bool> _measure = new("--measure") { Description = "Also measures the time of one sample on one thread and records it in the model's lineage (see 'espalier history')." };

    /// <summary>The option --measure.</summary>
    internal Option Measure => _measure;

    internal void AddTo(Command command) => command.Options.Add(_measure);

    /// <summary>The runtime to measure time on, or <see langword="null"/> without --measure.</summary>
    internal IRuntime? Timing(ParseResult parsed)
    {
        IRuntime runtime = RuntimeOptions.Read(parsed); // throws for an unknown name even if no time is measured
        return parsed.GetValue(_measure) ? runtime : null;
    }

    /// <summary>A loaded model with a first lineage entry, to which later ones are compared.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">The source it was loaded from.</param>
    /// <param name="context">The cancellation token.</param>
    internal Model Begin(ParseResult parsed, Model model, ModelSource request, CliContext context) =>
        ModelHistory.Begin(model, request, Timing(parsed), context.Cancellation);

    /// <summary>A model with its figures in its last lineage entry.</summary>
    internal Model Note(ParseResult parsed, Model model, CliContext context) => ModelHistory.Note(model, null, Timing(parsed), context.Cancellation);

    /// <summary>A trained model, with --measure with its time in its last lineage entry.</summary>
    internal Model NoteTime(ParseResult parsed, Model model, CliContext context) => Timing(parsed) is not null ? Note(parsed, model, context) : model;
}
