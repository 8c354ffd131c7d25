using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Maintains a model's ledger: its lineage with the model's figures after each step.</summary>
public static class ModelLedger
{
    /// <summary>A copy of the model with one more step and the figures that need no measurement.</summary>
    /// <param name="model">The model after the step.</param>
    /// <param name="step">The step.</param>
    public static Model Record(this Model model, LineageEntry step)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.With(model.Metadata.After(step)).WithFigures(ModelFigures.Of(model));
    }

    /// <summary>A copy of the model with figures recorded at the last step of its lineage. Unknown figures keep the recorded values.</summary>
    /// <exception cref="ArgumentException">The lineage is empty.</exception>
    public static Model WithFigures(this Model model, ModelFigures figures)
    {
        ArgumentNullException.ThrowIfNull(model);
        ValueList<LineageEntry> lineage = model.Metadata.Lineage;
        return lineage.Count == 0
            ? throw new ArgumentException("The model has no lineage to note figures in.", nameof(model))
            : model.With(model.Metadata with { Lineage = [.. lineage.Take(lineage.Count - 1), figures.AddTo(lineage[^1])] });
    }

    /// <summary>The figures recorded at the last step of a model's lineage, or <see langword="null"/>.</summary>
    public static ModelFigures? LastFigures(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ValueList<LineageEntry> lineage = model.Metadata.Lineage;
        return lineage.Count == 0 ? null : ModelFigures.Of(lineage[^1]);
    }
}
