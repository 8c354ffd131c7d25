using System.Globalization;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

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
    /// <param name="timing">What its time is measured on, or <see langword="null"/> for no time.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    internal static Model Begin(Model model, ModelSource? source, IRuntime? timing, CancellationToken cancellation)
    {
        Model begun = model.Metadata.Lineage.Count == 0 ? model.With(model.Metadata.After(FirstStep(source))) : model;
        bool isTimed = begun.LastFigures()?.Milliseconds is not null || timing is null;
        return begun.LastFigures() is not null && isTimed ? begun : Note(begun, null, timing, cancellation);
    }

    /// <summary>Records the figures of a model at the last step of its lineage.</summary>
    /// <param name="model">The model.</param>
    /// <param name="accuracy">The accuracy from 0 to 1, or <see langword="null"/> if it is not known.</param>
    /// <param name="timing">What its time is measured on, or <see langword="null"/> for no time.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    internal static Model Note(Model model, double? accuracy, IRuntime? timing, CancellationToken cancellation) => ModelFile.WithSize(TimedOn(timing, model).WithFigures(ModelFigures.Of(model) with
    {
        Accuracy = accuracy,
        Milliseconds = timing is null ? null : ModelTiming.Milliseconds(model, timing, cancellation),
    }));

    /// <summary>A model that says at its last step what it was timed on, where that is not the usual runtime: times of two runtimes are not to be compared.</summary>
    internal static Model TimedOn(IRuntime? timing, Model model)
    {
        if (timing is null || timing.Name == Runtimes.Cpu.Name)
        {
            return model;
        }

        ValueList<LineageEntry> lineage = model.Metadata.Lineage;
        LineageEntry last = lineage[^1] with { Settings = lineage[^1].Settings.Add(new("timed_on", timing.Name)) };
        return model.With(model.Metadata with { Lineage = [.. lineage.Take(lineage.Count - 1), last] });
    }

    /// <summary>Records the figures of a model at the last step of its lineage unless they are recorded already.</summary>
    internal static Model Complete(Model model) => model.Metadata.Lineage.Count == 0 || model.LastFigures()?.Bytes is not null
        ? model
        : ModelFile.WithSize(model.WithFigures(ModelFigures.Of(model)));

    private static LineageEntry FirstStep(ModelSource? source) => source is null ? new LineageEntry("load", [], [])
        : source.Weights is string weights ? new LineageEntry("load", [new("from", Path.GetFileName(weights))], [])
        : File.Exists(source.Name) ? new LineageEntry("load", [new("from", Path.GetFileName(source.Name))], [])
        : new LineageEntry("initialize", [new("seed", (source.Seed ?? 0).ToString(CultureInfo.InvariantCulture))], []);
}
