using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>How calibration derives the range of a value from samples.</summary>
public enum CalibrationObserver
{
    /// <summary>From the least to the greatest value that occurs.</summary>
    MinMax,

    /// <summary>The range outside of which a fraction of the values lies (<see cref="QuantizationOptions.Percentile"/>), half of it on either side: outliers are limited, and the others rounded more finely.</summary>
    Percentile,
}

/// <summary>Options of <see cref="Quantization"/>.</summary>
public readonly record struct QuantizationOptions()
{
    /// <summary>How ranges are derived from samples.</summary>
    public CalibrationObserver Observer { get; init; } = CalibrationObserver.MinMax;

    /// <summary>The percentage of the values that lies within the range with <see cref="CalibrationObserver.Percentile"/>: above 50, at most 100.</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>Patterns of the layers and scopes that stay in floating point (<see cref="Graphs.ScopePattern"/>), such as <c>conv1</c> or <c>layer4.*</c>.</summary>
    public ValueList<string> KeepFloat { get; init; } = [];

    /// <summary>
    /// Whether the result of every layer is rounded before a sum takes it in. Unless told, the sum of a layer and another value is rounded once, which is a little more accurate and no slower here. ONNX Runtime computes
    /// a layer in integers only if its own result is rounded, and others in floating point: residual networks that are exported for it run about twice as fast with these roundings.
    /// </summary>
    public bool RoundSums { get; init; }
}
