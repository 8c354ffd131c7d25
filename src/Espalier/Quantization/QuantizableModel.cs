using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>A model and what is quantized of it: the model folded for inference, without standardized weights.</summary>
internal sealed class QuantizableModel
{
    /// <param name="model">The model in floating point.</param>
    /// <param name="options">What stays in floating point.</param>
    /// <exception cref="EspalierException">The model cannot be quantized; the message has the reason.</exception>
    internal QuantizableModel(Model model, QuantizationOptions options)
    {
        FoldingReport report = InferenceFolding.FoldUnrecorded(StandardizationRemoval.Changes(model) ? model.Apply(new StandardizationRemoval()) : model);
        (Before, Folded, Merges) = (model, report.After, report.Merges.Length);
        Quantization.RoundedValues(Folded, options); // throws before images are read
    }

    private QuantizableModel(Model before, Model folded, int merges) => (Before, Folded, Merges) = (before, folded, merges);

    /// <summary>The model.</summary>
    internal Model Before { get; }

    /// <summary>The model that is quantized.</summary>
    internal Model Folded { get; }

    /// <summary>The number of linear parts that were merged.</summary>
    internal int Merges { get; }

    /// <summary>The height of the input.</summary>
    internal int Side => FeatureMap.Of(Before.Graph.ShapeOf(Before.Graph.Input.Name)).Height;

    /// <summary>The same with other metadata, such as the labels of data.</summary>
    internal QuantizableModel With(ModelMetadata metadata) => new(Before.With(metadata), Folded.With(metadata), Merges);
}
