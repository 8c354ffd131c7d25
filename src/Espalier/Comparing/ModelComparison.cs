using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier;

/// <summary>Two models, one before and one after a change, run on the same samples. Neither is folded for it: that would compare a folded model with itself.</summary>
public sealed class ModelComparison
{
    internal ModelComparison(OutputDifference difference, int samples, int sameClass, EvaluationTally? before, EvaluationTally? after) =>
        (Difference, Samples, SameClass, AccuracyBefore, AccuracyAfter) = (difference, samples, sameClass, before, after);

    /// <summary>How far the outputs are apart.</summary>
    public OutputDifference Difference { get; }

    /// <summary>Samples run.</summary>
    public int Samples { get; }

    /// <summary>Samples for which the greatest output is the same.</summary>
    public int SameClass { get; }

    /// <summary>The share of samples for which the greatest output is the same.</summary>
    public double Agreement => (double)SameClass / Samples;

    /// <summary>Accuracy of the first model, or <see langword="null"/> where no classes are known.</summary>
    public double? FirstAccuracy => HasAccuracy ? AccuracyBefore!.Accuracy : null;

    /// <summary>Accuracy of the second model, or <see langword="null"/> where no classes are known.</summary>
    public double? SecondAccuracy => HasAccuracy ? AccuracyAfter!.Accuracy : null;

    /// <summary>The images that could not be read.</summary>
    public IReadOnlyList<SampleFailure> Unreadable { get; internal init; } = [];

    /// <summary>Accuracy of the first, where there are images.</summary>
    internal EvaluationTally? AccuracyBefore { get; }

    /// <summary>Accuracy of the second.</summary>
    internal EvaluationTally? AccuracyAfter { get; }

    /// <summary>Whether the classes of some images are known.</summary>
    internal bool HasAccuracy => AccuracyBefore is { Count: > 0 };

    /// <summary>How often the answers are the same, and how far the outputs are apart.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SameClass} of {Samples} answers the same, outputs at most {Difference.Maximum:0.###e+0} apart")
        + (HasAccuracy ? string.Create(CultureInfo.InvariantCulture, $", accuracy {FirstAccuracy:0.0%} and {SecondAccuracy:0.0%}") : "");

    /// <summary>A line of lineage with what this comparison adds to it.</summary>
    internal LineageEntry Complete(LineageEntry entry) =>
        entry with { Results = entry.Results.Add(new("verified_samples", Samples)).Add(new("same_class", SameClass)) };

    /// <summary>The model after a change with the lineage of the one before, which gets the accuracy measured here unless it knows its own, and one more step.</summary>
    /// <param name="changed">The model after.</param>
    /// <param name="begun">The model before, with figures at the last step of its lineage.</param>
    /// <param name="entry">What was done.</param>
    internal Model Continue(Model changed, Model begun, LineageEntry entry)
    {
        ModelFigures figures = begun.LastFigures()!.Value;
        Model known = begun.WithFigures(figures with { Accuracy = figures.Accuracy ?? FirstAccuracy });
        return changed.With(known.Metadata.After(entry));
    }
}
