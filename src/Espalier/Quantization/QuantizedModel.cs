using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;

namespace Espalier;

/// <summary>A model that was quantized to 8 bits.</summary>
/// <param name="Model">The quantized model, with the quantization in its lineage.</param>
/// <param name="Comparison">The comparison of the model in floating point with the quantized one on the same samples.</param>
public sealed record QuantizedModel(Model Model, ModelComparison Comparison)
{
    /// <summary>How the images of calibration were chosen, such as <c>512 of 50,000 images of cifar10, the same share of each class (seed 0)</c>.</summary>
    public string Calibration { get; init; } = "";

    /// <summary>The number of linear parts, such as batch norms, that were merged into layers before.</summary>
    public int Merges { get; init; }

    /// <summary>The noise that quantization adds to each rounded value, in the order of the graph.</summary>
    public IReadOnlyList<QuantizationNoise> Noise { get; init; } = [];

    /// <summary>The layers with weights that stayed in floating point.</summary>
    public IReadOnlyList<string> KeptFloat { get; init; } = [];

    /// <summary>The search for layers to keep in floating point, or <see langword="null"/> without <see cref="QuantizeOptions.MaximumLoss"/>.</summary>
    public KeepFloatSearch? Search { get; init; }

    /// <summary>Messages for users about the images of calibration and about classes; those about the images of the comparison are in <see cref="ModelComparison.Notes"/>.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The images of calibration that could not be read.</summary>
    public IReadOnlyList<SampleFailure> Unreadable { get; init; } = [];

    internal LineageEntry? Entry { get; init; }

    /// <summary>The model, the number of rounded values, and the comparison.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model}; {Noise.Count} values rounded; {Comparison}");

    /// <summary>Adds the quantization to the lineage of the model before it.</summary>
    internal QuantizedModel Record(Model begun, IRuntime? timing, CancellationToken cancellation) =>
        this with { Model = ModelHistory.Note(Comparison.Continue(Model, begun, Entry!), Comparison.SecondAccuracy, timing, cancellation) };
}
