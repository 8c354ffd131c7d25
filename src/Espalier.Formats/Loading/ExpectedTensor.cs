namespace Espalier.Formats;

/// <summary>The name, shape and type of a tensor that a network needs.</summary>
/// <param name="Name">The name in the state_dict.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Type">The type used in computations; other floating-point or integer types of a checkpoint are converted to it.</param>
internal readonly record struct ExpectedTensor(string Name, Shape Shape, ElementType Type);
