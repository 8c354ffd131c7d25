using Espalier.Graphs;

namespace Espalier.Onnx;

/// <summary>What the name of an ONNX value stands for during an import.</summary>
internal abstract record Operand;

/// <summary>A value that is known: a weight or an extent.</summary>
internal sealed record ConstantOperand(Constant Constant) : Operand;

/// <summary>A value that the network computes.</summary>
/// <param name="Expression">The function of a node's output that it is.</param>
/// <param name="View">How its axes relate to that output's.</param>
/// <param name="IsSole">Whether no other value reads the node, so that an op may become a part of it.</param>
internal sealed record ValueOperand(Expression Expression, AxisView View, bool IsSole) : Operand;

/// <summary>A value of the network in integers of 8 bits: what a QuantizeLinear makes of it.</summary>
/// <param name="Source">The value before rounding.</param>
/// <param name="Point">Scale and zero point.</param>
/// <param name="Origin">The node whose result it is.</param>
internal sealed record QuantizedOperand(ValueOperand Source, QuantizationPoint Point, OnnxNode Origin) : Operand
{
    /// <summary>The node that rounds it and reads it back, once one is needed.</summary>
    internal DraftNode? Result { get; set; }
}

/// <summary>Rows and columns of a feature map in another order, or several times: an adaptive maximum reads them so.</summary>
/// <param name="Source">The map.</param>
/// <param name="Rows">The row at each position; <see langword="null"/> for all in their order.</param>
/// <param name="Columns">The column at each position; <see langword="null"/> for all in their order.</param>
internal sealed record GatheredOperand(ValueOperand Source, long[]? Rows, long[]? Columns) : Operand;
