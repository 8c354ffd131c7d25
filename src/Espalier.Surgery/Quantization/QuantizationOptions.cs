using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How calibration derives the range of a value from samples. Each range contains 0.</summary>
public enum CalibrationObserver
{
    /// <summary>From the least to the greatest value that occurs.</summary>
    MinMax,

    /// <summary>The range outside of which a fraction of the values lies (<see cref="QuantizationOptions.Percentile"/>), half of it on either side: outliers are limited, and the others rounded more finely.</summary>
    Percentile,

    /// <summary>
    /// The range that minimises Σ(x − q(x))², the squared error of rounding and limiting, among shrunken ranges; Σ(f(x) − f(q(x)))² for a value that only an activation f reads.
    /// </summary>
    MeanSquaredError,

    /// <summary>
    /// The range whose rounded values have the distribution nearest to the values' own, by Kullback–Leibler divergence (Migacz 2017, "8-bit inference with TensorRT"), extended to ranges that are not symmetric.
    /// </summary>
    Entropy,

    /// <summary>
    /// For each rounded value the one of the other observers with the least measured error: the sum over the nodes that read the value of ‖f(q(x)) − f(x)‖²/‖f(x)‖², f being what the node computes, on the samples.
    /// What no node reads is measured itself.
    /// </summary>
    Automatic,
}

/// <summary>How the scale of an output channel's weights is chosen.</summary>
public enum WeightScaleRule
{
    /// <summary>For each output channel the one of the other rules with the smaller squared error of the layer's output on the samples; without samples, <see cref="GreatestMagnitude"/>.</summary>
    Automatic,

    /// <summary>The greatest magnitude of the channel is 127.</summary>
    GreatestMagnitude,

    /// <summary>The scale that minimises Σ(w − q(w))² over the channel, among those from 0.4 to 1.03 times that of the greatest magnitude: greater weights are limited to 127.</summary>
    MeanSquaredError,
}

/// <summary>Options of <see cref="Quantization"/>.</summary>
public readonly record struct QuantizationOptions()
{
    /// <summary>How ranges are derived from samples.</summary>
    public CalibrationObserver Observer { get; init; } = CalibrationObserver.Automatic;

    /// <summary>The percentage of the values that lies within the range with <see cref="CalibrationObserver.Percentile"/>: above 50, at most 100.</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>How the scales of weights are chosen.</summary>
    public WeightScaleRule WeightScales { get; init; } = WeightScaleRule.Automatic;

    /// <summary>
    /// Whether neighbouring layers are equalized before (<see cref="CrossLayerEqualization"/>); <see langword="null"/>: if the network's outputs on the samples are nearer to those in floating point with it.
    /// </summary>
    public bool? Equalize { get; init; }

    /// <summary>
    /// Whether the mean error of each layer's output on the samples is subtracted from its bias (Nagel 2019, "Data-free quantization through weight equalization and bias correction", §4.2; measured, as in its
    /// appendix D); <see langword="null"/>: if the network's outputs on the samples are nearer to those in floating point with it.
    /// </summary>
    public bool? CorrectBias { get; init; }

    /// <summary>Rounds weights up or down as samples tell, instead of to the nearest integer; <see langword="null"/> for none. Takes minutes for large networks.</summary>
    public AdaptiveRoundingOptions? AdaptiveRounding { get; init; }

    /// <summary>Patterns of the layers and scopes that stay in floating point (<see cref="Graphs.ScopePattern"/>), such as <c>conv1</c> or <c>layer4.*</c>.</summary>
    public ValueList<string> KeepFloat { get; init; } = [];

    /// <summary>
    /// Whether the result of every layer is rounded before a sum takes it in. Unless told, the sum of a layer and another value is rounded once, which is a little more accurate and no slower here. ONNX Runtime computes
    /// a layer in integers only if its own result is rounded, and others in floating point.
    /// </summary>
    public bool RoundSums { get; init; }
}

/// <summary>Options of adaptive rounding (Nagel 2020, "Up or down? Adaptive rounding for post-training quantization"; AdaRound).</summary>
public readonly record struct AdaptiveRoundingOptions()
{
    /// <summary>Steps of the optimizer for each layer; the paper has 10,000.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Output positions of each layer that are drawn from the samples.</summary>
    public int Positions { get; init; } = 1024;

    /// <summary>The seed of the draws.</summary>
    public ulong Seed { get; init; }
}
