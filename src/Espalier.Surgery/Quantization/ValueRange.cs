namespace Espalier.Surgery;

/// <summary>The range of a value of a network that 8 bits are to represent; values outside are limited to it.</summary>
/// <param name="Least">The least value.</param>
/// <param name="Greatest">The greatest value.</param>
public readonly record struct ValueRange(double Least, double Greatest);
