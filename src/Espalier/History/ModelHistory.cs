using System.Globalization;
using Espalier.Formats;
using Espalier.Graphs;

namespace Espalier;

/// <summary>The recorded steps of models, with the figures after each step.</summary>
public static class ModelHistory
{
    /// <summary>Returns the steps of a model's lineage, oldest first, with the figures after each step.</summary>
    public static IReadOnlyList<LedgerStep> History(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return LedgerStep.Of(model.Metadata);
    }

    /// <summary>Adds a first step to the lineage of a loaded model, whose figures later steps can be compared with.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">The source of the model, or <see langword="null"/> if it is not known.</param>
    /// <param name="measures">Whether its latency is measured too.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    internal static Model Begin(Model model, ModelSource? source, bool measures, CancellationToken cancellation)
    {
        Model begun = model.Metadata.Lineage.Count == 0 ? model.With(model.Metadata.After(FirstStep(source))) : model;
        bool isTimed = begun.LastFigures()?.Milliseconds is not null || !measures;
        return begun.LastFigures() is not null && isTimed ? begun : Note(begun, null, measures, cancellation);
    }

    /// <summary>Records the figures of a model at the last step of its lineage.</summary>
    /// <param name="model">The model.</param>
    /// <param name="accuracy">The accuracy from 0 to 1, or <see langword="null"/> if it is not known.</param>
    /// <param name="measures">Whether its latency is measured too.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    internal static Model Note(Model model, double? accuracy, bool measures, CancellationToken cancellation) => ModelFile.WithSize(model.WithFigures(ModelFigures.Of(model) with
    {
        Accuracy = accuracy,
        Milliseconds = measures ? ModelTiming.Milliseconds(model, cancellation) : null,
    }));

    /// <summary>Records the figures of a model at the last step of its lineage unless they are recorded already.</summary>
    internal static Model Complete(Model model) => model.Metadata.Lineage.Count == 0 || model.LastFigures()?.Bytes is not null
        ? model
        : ModelFile.WithSize(model.WithFigures(ModelFigures.Of(model)));

    private static LineageEntry FirstStep(ModelSource? source) => source is null ? new LineageEntry("load", [], [])
        : source.Weights is string weights ? new LineageEntry("load", [new("from", Path.GetFileName(weights))], [])
        : File.Exists(source.Name) ? new LineageEntry("load", [new("from", Path.GetFileName(source.Name))], [])
        : new LineageEntry("initialize", [new("seed", (source.Seed ?? 0).ToString(CultureInfo.InvariantCulture))], []);
}
