namespace Espalier.Kernels;

/// <summary>A memory operand: base + index + displacement.</summary>
/// <param name="Base">The base register.</param>
/// <param name="Displacement">Bytes added to it.</param>
/// <param name="Index">Another register that is added, or <see langword="null"/>.</param>
internal readonly record struct X64Memory(X64Register Base, int Displacement = 0, X64Register? Index = null);
