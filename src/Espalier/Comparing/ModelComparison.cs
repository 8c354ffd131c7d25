using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier;

/// <summary>The comparison of two models, such as before and after a change, on the same samples. Neither model is folded for the comparison, since that would compare a folded model with itself.</summary>
public sealed class ModelComparison
{
    internal ModelComparison(OutputDifference difference, int samples, int sameClass, EvaluationTally? before, EvaluationTally? after) =>
        (Difference, Samples, SameClass, AccuracyBefore, AccuracyAfter) = (difference, samples, sameClass, before, after);

    /// <summary>The difference of the outputs.</summary>
    public OutputDifference Difference { get; }

    /// <summary>The number of samples.</summary>
    public int Samples { get; }

    /// <summary>The number of samples for which both models predict the same class.</summary>
    public int SameClass { get; }

    /// <summary>The fraction of samples for which both models predict the same class, from 0 to 1.</summary>
    public double Agreement => (double)SameClass / Samples;

    /// <summary>The top-1 accuracy of the first model, from 0 to 1, or <see langword="null"/> without labelled images.</summary>
    public double? FirstAccuracy => HasAccuracy ? AccuracyBefore!.Accuracy : null;

    /// <summary>The top-1 accuracy of the second model, from 0 to 1, or <see langword="null"/> without labelled images.</summary>
    public double? SecondAccuracy => HasAccuracy ? AccuracyAfter!.Accuracy : null;

    /// <summary>The images that could not be read.</summary>
    public IReadOnlyList<SampleFailure> Unreadable { get; internal init; } = [];

    /// <summary>The tally of the first model; <see langword="null"/> for random inputs.</summary>
    internal EvaluationTally? AccuracyBefore { get; }

    /// <summary>The tally of the second model.</summary>
    internal EvaluationTally? AccuracyAfter { get; }

    /// <summary>Whether there are labelled images.</summary>
    internal bool HasAccuracy => AccuracyBefore is { Count: > 0 };

    /// <summary>The agreement, the greatest difference of the outputs, and the accuracies.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SameClass} of {Samples} answers the same, outputs at most {Difference.Maximum:0.###e+0} apart")
        + (HasAccuracy ? string.Create(CultureInfo.InvariantCulture, $", accuracy {FirstAccuracy:0.0%} and {SecondAccuracy:0.0%}") : "");

    /// <summary>Adds the results of this comparison to a lineage entry.</summary>
    internal LineageEntry Complete(LineageEntry entry) =>
        entry with { Results = entry.Results.Add(new("verified_samples", Samples)).Add(new("same_class", SameClass)) };

    /// <summary>Gives a changed model the lineage of the model before, followed by the change. The last step before gets the accuracy measured here unless its accuracy is recorded already.</summary>
    /// <param name="changed">The model after the change.</param>
    /// <param name="begun">The model before the change, with figures at the last step of its lineage.</param>
    /// <param name="entry">The lineage entry of the change.</param>
    internal Model Continue(Model changed, Model begun, LineageEntry entry)
    {
        ModelFigures figures = begun.LastFigures()!.Value;
        Model known = begun.WithFigures(figures with { Accuracy = figures.Accuracy ?? FirstAccuracy });
        return changed.With(known.Metadata.After(entry));
    }
}
