using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>Two-dimensional convolution (cross-correlation, as in PyTorch) with zero padding.</summary>
/// <param name="InChannels">Input channels.</param>
/// <param name="OutChannels">Output channels.</param>
/// <param name="Kernel">Kernel size.</param>
public sealed record Conv2d(int InChannels, int OutChannels, Size Kernel) : Op
{
    /// <summary>Distance between neighbouring output pixels, in input pixels.</summary>
    public Size Stride { get; init; } = 1;

    /// <summary>Zero padding in pixels.</summary>
    public Padding Padding { get; init; }

    /// <summary>Distance between neighbouring kernel elements, in input pixels.</summary>
    public Size Dilation { get; init; } = 1;

    /// <summary>Number of groups; each group's outputs depend only on that group's inputs (Krizhevsky 2012; Xie 2017).</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Whether each output channel has a bias.</summary>
    public bool Bias { get; init; }

    /// <summary>
    /// ε of weight standardization (Qiao 2019): each output channel's weights are used minus their mean, divided by √(their biased variance + ε), as timm's <c>StdConv2d</c> does; <see langword="null"/> for
    /// none. A mask applies before it.
    /// </summary>
    public double? StandardizationEpsilon { get; init; }

    /// <summary>
    /// Whether the weights are integers from −127 to 127 times a scale for each output channel (parameter <c>weight_scale</c>, float32). The weight is then stored as Int8, or as float32 numbers that
    /// are rounded when they are used, which training changes: the gradient of a weight within that range is that of its rounded value, of others 0 (straight-through), and the scales have the gradient
    /// of <see cref="Quantize"/>'s. Not with <see cref="StandardizationEpsilon"/>.
    /// </summary>
    public bool QuantizedWeights { get; init; }

    /// <summary>How the window slides.</summary>
    public Window Window => new(Kernel) { Stride = Stride, Padding = Padding, Dilation = Dilation };

    /// <inheritdoc/>
    public override OpType Type => OpType.Conv2d;

    /// <inheritdoc/>
    public override string Kind => "conv2d";

    /// <summary>Whether every input channel is a group of its own.</summary>
    public bool IsDepthwise => Groups == InChannels && Groups > 1;

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters => ParameterSpec.OfLayer(
        ParameterSpec.Of("weight", OutChannels, InChannels / Math.Max(1, Groups), Kernel.Height, Kernel.Width), OutChannels, Bias, QuantizedWeights);

    /// <inheritdoc/>
    protected override string Attributes =>
        $"{InChannels}→{OutChannels}, {Kernel}"
        + (Stride == 1 ? "" : $", stride {Stride}") + (Padding.IsNone ? "" : $", padding {Padding}")
        + (Dilation == 1 ? "" : $", dilation {Dilation}") + (Groups == 1 ? "" : $", groups {Groups}") + (Bias ? ", bias" : "")
        + (StandardizationEpsilon is double epsilon ? $", standardized weights of eps {Text(epsilon)}" : "") + (QuantizedWeights ? ", 8-bit weights" : "");

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        FeatureMap map = inputs.SingleMap();
        inputs.Require(InChannels > 0 && OutChannels > 0, $"expected at least 1 channel in and out, found {InChannels} and {OutChannels}");
        inputs.Require(Groups > 0 && InChannels % Groups == 0 && OutChannels % Groups == 0, $"{Groups} groups do not divide {InChannels} and {OutChannels} channels");
        inputs.RequireChannels(map.Channels, InChannels);
        inputs.Require(
            StandardizationEpsilon is null or (>= 0 and < double.PositiveInfinity), $"expected a finite epsilon of at least 0 for the standardization of weights, found {Text(StandardizationEpsilon ?? 0)}");
        inputs.Require(!(QuantizedWeights && StandardizationEpsilon is not null), "has weights that are both standardized and quantized: fold the standardization into the weights first");
        return FeatureMap.Of(OutChannels, WindowChecks.Slide(inputs, map.Size, Window));
    }
}
