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
/// that no layer takes in, and what other activations read and compute. Max pools and ops that only move values need no rounding; values that a concat joins share one scale and zero point, and it needs none either.
/// Linear parts must be folded before (<see cref="InferenceFolding"/>): an unfolded norm would be computed from rounded numbers and rounded again.
/// </remarks>
public sealed class Quantization : Pass
{
    private const string Suffix = "_quantize";

    private readonly CalibrationResult _calibration;
    private readonly QuantizationOptions _options;

    /// <summary>Creates the pass from known ranges.</summary>
    /// <param name="ranges">The range of each value that is rounded, by the node's name (<see cref="RoundedValues"/>); others are ignored.</param>
    /// <param name="options">What stays in floating point, and how weights are rounded. Nothing that needs samples.</param>
    /// <exception cref="ArgumentException">The options have equalization, the correction of biases or adaptive rounding.</exception>
    public Quantization(IReadOnlyDictionary<string, ValueRange> ranges, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        if (options.Equalize == true || options.CorrectBias == true || options.AdaptiveRounding is not null)
        {
            throw new ArgumentException("Equalization, the correction of biases and adaptive rounding need samples: use Quantization.Calibrate.", nameof(options));
        }

        var observed = ranges.ToDictionary(range => range.Key, range => new ObservedRange(range.Value, null), StringComparer.Ordinal);
        (_calibration, _options) = (new(observed, new Dictionary<string, WeightRounding>(), new Dictionary<string, float[]>(), null), options);
    }

    internal Quantization(CalibrationResult calibration, QuantizationOptions options) => (_calibration, _options) = (calibration, options);

    /// <summary>Whether layers are equalized first (<see cref="CrossLayerEqualization"/>).</summary>
    public bool Equalizes => _calibration.Equalization is not null;

    /// <summary>Whether biases are corrected.</summary>
    public bool CorrectsBias => _calibration.Corrections.Count > 0;

    /// <inheritdoc/>
    public override string Name => "quantize";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <summary>Calibrates the pass for a model: measures the ranges of its values on samples, and chooses what the options leave open by what it does to the samples.</summary>
    /// <param name="model">The folded model, in floating point.</param>
    /// <param name="samples">Batches of typical inputs, prepared as for inference: float32, [batch, …sample].</param>
    /// <param name="runtime">The runtime that runs the model.</param>
    /// <param name="options">How ranges and scales are derived, what is done before, and what stays in floating point.</param>
    /// <remarks>Ranges are those of all samples. Alternatives are compared on 128 of them, evenly spaced. Memory does not grow with the number of samples.</remarks>
    /// <exception cref="EspalierException">There are no samples, a value is not finite, an option is out of range, or the model cannot be quantized: see <see cref="Plan"/>.</exception>
    public static Quantization Calibrate(Model model, IReadOnlyList<Tensor> samples, IRuntime runtime, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(runtime);
        return CalibrateOn(model, new SampleSet(samples, runtime, SharedWork.Alone), options);
    }

    /// <summary>The same by processes that share the samples: bit-identical for any number of them.</summary>
    internal static Quantization CalibrateOn(Model model, SampleSet samples, QuantizationOptions options)
    {
        QuantizationCheck.Require(model, options);
        return new(Calibration.Of(model, samples, options), options);
    }

    /// <summary>What rounding adds to each rounded value on samples, in the order of the graph.</summary>
    /// <param name="model">The model that the pass was calibrated for.</param>
    /// <param name="samples">Batches of inputs, as for <see cref="Calibrate"/>.</param>
    /// <param name="runtime">The runtime that runs the networks.</param>
    /// <exception cref="EspalierException">As for <see cref="Plan"/>.</exception>
    public IReadOnlyList<QuantizationNoise> SignalToNoise(Model model, IReadOnlyList<Tensor> samples, IRuntime runtime)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(runtime);
        return SignalToNoise(model, new SampleSet(samples, runtime, SharedWork.Alone));
    }

    /// <summary>The same by processes that share the samples: bit-identical for any number of them.</summary>
    internal IReadOnlyList<QuantizationNoise> SignalToNoise(Model model, SampleSet samples)
    {
        QuantizationCheck.Require(model, _options);
        Model prepared = _calibration.Prepare(model);
        return NoiseMeasurement.OfValues(prepared, model.Apply(this), QuantizationPlacement.Of(prepared.Graph, _options), _calibration, samples);
    }

    /// <summary>The signal-to-noise ratio of the network's outputs, in decibels, with each quantized layer alone having rounded weights and a rounded input.</summary>
    internal IEnumerable<KeyValuePair<string, double>> NoiseOfSingleLayers(Model model, SampleSet samples)
    {
        Model prepared = _calibration.Prepare(model);
        return NoiseMeasurement.OfSingleLayers(prepared, QuantizationPlacement.Of(prepared.Graph, _options), _calibration, samples);
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
        PassPlan? equalization = _calibration.Equalization?.Plan(model);
        Model prepared = equalization is null ? model : model.Apply(equalization);
        Patch[] corrections = [.. _calibration.CorrectionsOf(prepared)];
        Model corrected = corrections.Length == 0 ? prepared : prepared.Apply(corrections);
        return PassPlan.InStages([equalization?.Patches ?? [], [.. corrections], [.. Rounding(corrected)]], []);
    }

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        int points = plan.Stages[^1].Sum(patch => patch.Redirects.Count);
        return
        [
            new("observer", Lower(_options.Observer.ToString()) + (_options.Observer == CalibrationObserver.Percentile ? string.Create(CultureInfo.InvariantCulture, $" {_options.Percentile}") : "")),
            new("weight_scales", Lower(_options.WeightScales.ToString())),
            new("equalize", Equalizes ? "yes" : "no"),
            new("correct_bias", CorrectsBias ? "yes" : "no"),
            new("adaptive_rounding", _options.AdaptiveRounding is { } adaptive ? string.Create(CultureInfo.InvariantCulture, $"{adaptive.Steps} steps") : "no"),
            new("layers", (plan.Stages[^1].Length - points).ToString(CultureInfo.InvariantCulture)),
            new("points", points.ToString(CultureInfo.InvariantCulture)),
            new("keep_float", string.Join(' ', _options.KeepFloat)),
            .. _options.RoundSums ? (LineageSetting[])[new("round_sums", "on")] : [],
        ];
    }

    // MeanSquaredError as mean-squared-error.
    private static string Lower(string name) => string.Concat(name.Select((letter, i) => char.IsUpper(letter) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(letter) : letter.ToString()));

    private IEnumerable<Patch> Rounding(Model model)
    {
        QuantizationPlacement placement = QuantizationPlacement.Of(model.Graph, _options);
        Dictionary<string, ObservedRange> ranges = placement.Unite(_calibration.Ranges);
        Dictionary<string, QuantizationPoint> points = placement.Points.ToDictionary(name => name, name => PointOf(ranges, name), StringComparer.Ordinal);
        IEnumerable<Patch> layers = placement.Layers.GroupBy(layer => layer.Parameter("weight"), StringComparer.Ordinal)
            .Select(tied => LayerQuantization.Of(model, [.. tied], layer => points[placement.Source(layer.Inputs[0])], WeightOf(model, tied.Key)));
        return [.. layers, .. placement.Points.Select(name => Insert(model.Graph, name, placement.Shared(name), points[name]))];
    }

    private WeightRounding WeightOf(Model model, string name) =>
        _calibration.Weights.TryGetValue(name, out WeightRounding? rounding) ? rounding : WeightRounding.Of(name, model.Parameters[name].Effective, _options.WeightScales);

    private static QuantizationPoint PointOf(Dictionary<string, ObservedRange> ranges, string name)
    {
        if (!ranges.TryGetValue(name, out ObservedRange? observed))
        {
            throw new EspalierException($"There is no range for '{name}', whose result is rounded to 8 bits; calibration measures it.");
        }

        ValueRange range = observed.Range;
        return double.IsFinite(range.Least) && double.IsFinite(range.Greatest) && range.Least <= range.Greatest
            ? observed.Point
            : throw new EspalierException($"The range of '{name}' is {range.Least} to {range.Greatest}; expected finite numbers in ascending order.");
    }

    // Values that share a scale share the parameter too, so that training cannot part them.
    private static Patch Insert(Graph graph, string name, string shared, QuantizationPoint point)
    {
        string scope = graph.FreeName(shared + Suffix);
        var node = new Node(graph.FreeName(name + Suffix), new Quantize(), [name], Node.ParametersNamedAfter(scope, new Quantize()));
        return new Patch($"{name} is rounded").Put(node).Redirect(name, node.Name)
            .Set(node.Parameter("scale"), new Parameter(Tensor.From([1], point.Scale)))
            .Set(node.Parameter("zero_point"), new Parameter(Tensor.From<byte>([1], [point.ZeroPoint])) { Trainable = false });
    }
}
