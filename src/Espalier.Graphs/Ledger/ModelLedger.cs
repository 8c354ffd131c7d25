using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Keeps a model's ledger: its lineage, with the model's figures after each step.</summary>
public static class ModelLedger
{
    /// <summary>The model after one more step, with the figures that cost nothing.</summary>
    /// <param name="model">The model as the step has left it.</param>
    /// <param name="step">What was done.</param>
    public static Model Record(this Model model, LineageEntry step)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.With(model.Metadata.After(step)).WithFigures(ModelFigures.Of(model));
    }

    /// <summary>The model with figures noted at the last step of its lineage. Those that are not known leave what is noted there as it is.</summary>
    /// <exception cref="ArgumentException">Nothing has been done to the model yet.</exception>
    public static Model WithFigures(this Model model, ModelFigures figures)
    {
        ArgumentNullException.ThrowIfNull(model);
        ValueList<LineageEntry> lineage = model.Metadata.Lineage;
        return lineage.Count == 0
            ? throw new ArgumentException("The model has no lineage to note figures in.", nameof(model))
            : model.With(model.Metadata with { Lineage = [.. lineage.Take(lineage.Count - 1), figures.AddTo(lineage[^1])] });
    }

    /// <summary>The figures noted at the last step of a model's lineage, or <see langword="null"/>.</summary>
    public static ModelFigures? LastFigures(this Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ValueList<LineageEntry> lineage = model.Metadata.Lineage;
        return lineage.Count == 0 ? null : ModelFigures.Of(lineage[^1]);
    }
}
