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
