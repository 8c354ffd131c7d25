using System.Globalization;
using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier;

/// <summary>What was done to models, and what came of it.</summary>
public static class ModelHistory
{
    /// <summary>What was done to a model, oldest first, with its figures after each step.</summary>
    public static IReadOnlyList<LedgerStep> History(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return LedgerStep.Of(model.Metadata);
    }

    /// <summary>A model as it was loaded, with a first step in its lineage that later ones can be held against.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">Where it came from, or <see langword="null"/> where that is not known.</param>
    /// <param name="measures">Whether its time is measured too.</param>
    /// <param name="cancellation">When to stop.</param>
    internal static Model Begin(Model model, ModelSource? source, bool measures, CancellationToken cancellation)
    {
        Model begun = model.Metadata.Lineage.Count == 0 ? model.With(model.Metadata.After(FirstStep(source))) : model;
        bool isTimed = begun.LastFigures()?.Milliseconds is not null || !measures;
        return begun.LastFigures() is not null && isTimed ? begun : Note(begun, null, measures, cancellation);
    }

    /// <summary>A model after a step that is the last of its lineage, with its figures there.</summary>
    /// <param name="model">The model.</param>
    /// <param name="accuracy">The share of images it was right about, where that is known.</param>
    /// <param name="measures">Whether its time is measured too.</param>
    /// <param name="cancellation">When to stop.</param>
    internal static Model Note(Model model, double? accuracy, bool measures, CancellationToken cancellation) => ModelFile.WithSize(model.WithFigures(ModelFigures.Of(model) with
    {
        Accuracy = accuracy,
        Milliseconds = measures ? ModelTiming.Milliseconds(model, cancellation) : null,
    }));

    /// <summary>A model with figures at the last step of its lineage, if there is one.</summary>
    internal static Model Complete(Model model) => model.Metadata.Lineage.Count == 0 || model.LastFigures()?.Bytes is not null
        ? model
        : ModelFile.WithSize(model.WithFigures(ModelFigures.Of(model)));

    private static LineageEntry FirstStep(ModelSource? source) => source is null ? new LineageEntry("load", [], [])
        : source.Weights is string weights ? new LineageEntry("load", [new("from", Path.GetFileName(weights))], [])
        : File.Exists(source.Name) ? new LineageEntry("load", [new("from", Path.GetFileName(source.Name))], [])
        : new LineageEntry("initialize", [new("seed", (source.Seed ?? 0).ToString(CultureInfo.InvariantCulture))], []);
}
