using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>
/// Rounds a value to unsigned 8 bits and reads it back (Jacob 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference", §2.1; ONNX's QuantizeLinear and DequantizeLinear):
/// (clamp(round(x/scale) + zero point, 0, 255) − zero point)·scale, rounding half to even, with one scale and one zero point for all elements.
/// </summary>
/// <remarks>
/// <c>scale</c> is a positive float32, <c>zero_point</c> an integer from 0 to 255, stored as UInt8: the integer that stands for 0.
/// x/scale is a division of float32 numbers. In training the gradient passes unchanged where the rounded value is within 0 to 255 and is 0 elsewhere (straight-through); that of the scale is
/// the sum of the output's gradient times round(x/scale) − x/scale in the first case, and times the limit, counted from the zero point, in the second (Esser 2020, §2.1); the zero point is kept.
/// Between two of these ops a runtime may compute in integers.
/// </remarks>
public sealed record Quantize : Op
{
    /// <inheritdoc/>
    public override OpType Type => OpType.Quantize;

    /// <inheritdoc/>
    public override string Kind => "quantize";

    /// <inheritdoc/>
    public override ValueList<ParameterSpec> Parameters =>
    [
        new("scale", [1]) { IsScale = true },
        new("zero_point", [1], IsBuffer: true) { Storage = ElementType.UInt8 },
    ];

    /// <inheritdoc/>
    public override Shape Infer(OpInputs inputs)
    {
        Shape shape = inputs.Single();
        inputs.Require(shape.Rank is 1 or 3, $"expected a feature map or a vector, found {shape}");
        return shape;
    }
}
