namespace Espalier.Formats;

/// <summary>A tensor that a network needs.</summary>
/// <param name="Name">Its name in the state_dict.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Type">What it is computed with; a checkpoint's other floating-point or integer types are converted to it.</param>
public readonly record struct ExpectedTensor(string Name, Shape Shape, ElementType Type);
