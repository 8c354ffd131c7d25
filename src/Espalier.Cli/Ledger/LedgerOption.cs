using System.CommandLine;
using System.Globalization;
using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier.Cli;

/// <summary>What verbs that change models note in the lineage: figures that cost nothing always, time with <c>--measure</c>, accuracy where they know it.</summary>
internal sealed class LedgerOption
{
    private readonly Option<bool> _measure = new("--measure") { Description = "Also measures how long one sample takes on one thread, for the model's lineage (see 'espalier history')." };

    internal void AddTo(Command command) => command.Options.Add(_measure);

    /// <summary>Whether time is to be measured.</summary>
    internal bool Measures(ParseResult parsed) => parsed.GetValue(_measure);

    /// <summary>A model as it was loaded, with a first step in its lineage that later ones can be held against.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="request">Where it came from.</param>
    /// <param name="context">When to stop.</param>
    internal Model Begin(ParseResult parsed, Model model, ModelRequest request, CliContext context)
    {
        bool isNew = model.Metadata.Lineage.Count == 0;
        Model begun = isNew ? model.With(model.Metadata.After(Source(request))) : model;
        bool isTimed = begun.LastFigures()?.Milliseconds is not null || !Measures(parsed);
        return begun.LastFigures() is not null && isTimed ? begun : Note(parsed, begun, null, context);
    }

    /// <summary>A model after a step that is the last of its lineage, with its figures there.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="context">When to stop.</param>
    /// <param name="accuracy">The share of images it was right about, where that is known.</param>
    internal Model Note(ParseResult parsed, Model model, double? accuracy, CliContext context) => ModelFile.WithSize(model.WithFigures(ModelFigures.Of(model) with
    {
        Accuracy = accuracy,
        Milliseconds = Measures(parsed) ? LedgerTiming.Milliseconds(model, context.Cancellation) : null,
    }));

    /// <summary>A trained model with its time at its last step, where that was asked for.</summary>
    internal Model NoteTime(ParseResult parsed, Model model, CliContext context) =>
        Measures(parsed) ? Note(parsed, model, null, context) : model;

    /// <summary>A model with figures at the last step of its lineage, if there is one.</summary>
    internal static Model Complete(Model model) => model.Metadata.Lineage.Count == 0 || model.LastFigures()?.Bytes is not null
        ? model
        : ModelFile.WithSize(model.WithFigures(ModelFigures.Of(model)));

    private static LineageEntry Source(ModelRequest request) => (request.Weights, File.Exists(request.Name)) switch
    {
        (string weights, _) => new LineageEntry("load", [new("from", Path.GetFileName(weights))], []),
        (null, true) => new LineageEntry("load", [new("from", Path.GetFileName(request.Name))], []),
        _ => new LineageEntry("initialize", [new("seed", request.Seed.ToString(CultureInfo.InvariantCulture))], []),
    };
}
