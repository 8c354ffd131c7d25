using System.Globalization;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>
/// Quantizes a network after training (Jacob 2018; Krishnamoorthi 2018, "Quantizing deep convolutional networks for efficient inference", §3): inserts <see cref="Quantize"/> nodes,
/// by which runtimes compute in integers, and rounds the weights of convolutions and linear layers to 8 bits with a scale for each output channel.
/// </summary>
/// <remarks>
/// Rounded are the input, the result of each layer after the sum and the limiting activation that follow it (ReLU, ReLU6, HardTanh), results of sums, concats, products, average pools and norms
/// that no layer takes in, and what other activations read and compute. Max pools and ops that only move values need no rounding.
/// Linear parts must be folded before (<see cref="InferenceFolding"/>): an unfolded norm would be computed from rounded numbers and rounded again.
/// </remarks>
public sealed class Quantization : Pass
{
    private readonly IReadOnlyDictionary<string, ValueRange> _ranges;
    private readonly QuantizationOptions _options;

    /// <summary>Creates the pass from known ranges.</summary>
    /// <param name="ranges">The range of each value that is rounded, by the node's name (<see cref="RoundedValues"/>); others are ignored.</param>
    /// <param name="options">What stays in floating point.</param>
    public Quantization(IReadOnlyDictionary<string, ValueRange> ranges, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        (_ranges, _options) = (ranges, options);
    }

    /// <inheritdoc/>
    public override string Name => "quantize";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <summary>Measures the ranges of a model's values on samples.</summary>
    /// <param name="model">The folded model, in floating point.</param>
    /// <param name="samples">Batches of typical inputs, prepared as for inference: float32, [batch, …sample].</param>
    /// <param name="runtime">The runtime that runs the model.</param>
    /// <param name="options">How ranges are derived, and what stays in floating point.</param>
    /// <exception cref="EspalierException">There are no samples, a value is not finite, an option is out of range, or the model cannot be quantized: see <see cref="Plan"/>.</exception>
    public static Quantization Calibrate(Model model, IReadOnlyList<Tensor> samples, IRuntime runtime, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(runtime);
        return new(Calibration.Measure(model, RoundedValues(model, options), samples, runtime, options), options);
    }

    /// <summary>The names of the nodes whose results would be rounded, in the order of the graph.</summary>
    /// <exception cref="EspalierException">The model cannot be quantized: see <see cref="Plan"/>.</exception>
    public static IReadOnlyList<string> RoundedValues(Model model, QuantizationOptions options)
    {
        QuantizationCheck.Require(model, options);
        return QuantizationPlacement.Of(model.Graph, options).Points;
    }

    /// <inheritdoc/>
    /// <exception cref="EspalierException">
    /// The model has norms, branches or other linear parts that fold, dropout, stochastic depth or standardized weights; it is quantized already; nothing of it would be quantized; a pattern matches no node;
    /// or a range is missing or not finite.
    /// </exception>
    public override PassPlan Plan(Model model)
    {
        QuantizationCheck.Require(model, _options);
        QuantizationPlacement placement = QuantizationPlacement.Of(model.Graph, _options);
        Dictionary<string, QuantizationPoint> points = placement.Points.ToDictionary(name => name, PointOf, StringComparer.Ordinal);
        IEnumerable<Patch> layers = placement.Layers.GroupBy(layer => layer.Parameter("weight"), StringComparer.Ordinal)
            .Select(tied => LayerQuantization.Of(model, [.. tied], layer => points[placement.Source(layer.Inputs[0])]));
        return new PassPlan([.. layers, .. placement.Points.Select(name => Insert(model.Graph, name, points[name]))], []);
    }

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        int points = plan.Patches.Sum(patch => patch.Redirects.Count);
        return
        [
            new("observer", _options.Observer == CalibrationObserver.MinMax ? "min-max" : string.Create(CultureInfo.InvariantCulture, $"percentile {_options.Percentile}")),
            new("layers", (plan.Patches.Length - points).ToString(CultureInfo.InvariantCulture)),
            new("points", points.ToString(CultureInfo.InvariantCulture)),
            new("keep_float", string.Join(' ', _options.KeepFloat)),
            .. _options.RoundSums ? (LineageSetting[])[new("round_sums", "on")] : [],
        ];
    }

    private QuantizationPoint PointOf(string name)
    {
        if (!_ranges.TryGetValue(name, out ValueRange range))
        {
            throw new EspalierException($"There is no range for '{name}', whose result is rounded to 8 bits; calibration measures it.");
        }

        return double.IsFinite(range.Least) && double.IsFinite(range.Greatest) && range.Least <= range.Greatest
            ? QuantizationPoint.Covering(range.Least, range.Greatest)
            : throw new EspalierException($"The range of '{name}' is {range.Least} to {range.Greatest}; expected finite numbers in ascending order.");
    }

    private static Patch Insert(Graph graph, string name, QuantizationPoint point)
    {
        var node = new Node(graph.FreeName(name + "_quantize"), new Quantize(), [name]);
        return new Patch($"{name} is rounded").Put(node).Redirect(name, node.Name)
            .Set(node.Parameter("scale"), new Parameter(Tensor.From([1], point.Scale)))
            .Set(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [point.ZeroPoint])) { Trainable = false });
    }
}
